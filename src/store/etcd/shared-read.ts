/** One read for many who ask: each gets an answer that was begun after it asked. */
export class SharedRead<T> {
  readonly #read: () => Promise<T>
  #running: Promise<unknown> = Promise.resolve()
  #next: Promise<T> | undefined

  constructor(read: () => Promise<T>) {
    this.#read = read
  }

  get(): Promise<T> {
    this.#next ??= this.#after(this.#running)
    return this.#next
  }

  async #after(running: Promise<unknown>): Promise<T> {
    // Its failure is told to those who asked for it.
    await running.catch(() => undefined)
    const read = this.#read()
    this.#next = undefined
    this.#running = read
    return read
  }
}
