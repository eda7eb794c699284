/**
 * Which entries keep what was decoded from them: those that were asked for last, up to a size. An object takes several times the
 * memory of its bytes, so what nobody has asked for lately is made again at the next reading.
 */

export interface KeepsForms {
  /** Of the stored bytes. */
  readonly size: number
  forgetForms(): void
}

export class RecentForms {
  readonly #bytesMax: number
  #entries: KeepsForms[] = []
  #start = 0
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** For an entry that has begun to keep a form; it may be there already. */
  add(entry: KeepsForms): void {
    this.#entries.push(entry)
    this.#bytes += entry.size
    while (this.#bytes > this.#bytesMax && this.#entries.length - this.#start > 1) this.#forgetOldest()
  }

  #forgetOldest(): void {
    const oldest = this.#entries[this.#start++]
    if (oldest !== undefined) {
      this.#bytes -= oldest.size
      oldest.forgetForms()
    }
    // Moving the array at every turn would cost its length each time.
    if (this.#start < this.#entries.length - this.#start) return
    this.#entries = this.#entries.slice(this.#start)
    this.#start = 0
  }
}
