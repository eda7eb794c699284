/** Work that goes on while decisions are made, limited in number. */
export class Background {
  readonly #running = new Set<Promise<void>>()
  readonly #countMax: number

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  /** `work` must not reject. */
  start(work: () => Promise<void>): void {
    const running: Promise<void> = work().finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  get isFull(): boolean {
    return this.#running.size >= this.#countMax
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.isFull) await Promise.race(this.#running)
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}
