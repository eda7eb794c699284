/** Answers of the API server that are good for a while. Holds no more than a bounded number; the oldest go first. */
import type { Clock } from '#base/env/clock'

const entriesMax = 1000

export class ExpiringCache<T> {
  readonly #clock: Clock
  readonly #entries = new Map<string, { readonly value: Promise<T>; untilMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Callers at the same time share one call. A failure is not kept. */
  get(key: string, ask: () => Promise<T>, lifeMsOf: (value: T) => number): Promise<T> {
    const held = this.#entries.get(key)
    if (held !== undefined && this.#clock.monotonicMs() < held.untilMs) return held.value
    const value = ask()
    const entry = { value, untilMs: Number.POSITIVE_INFINITY }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    this.#dropOldest()
    value.then(
      (answer) => {
        entry.untilMs = this.#clock.monotonicMs() + lifeMsOf(answer)
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key)
      },
    )
    return value
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= entriesMax) return
      this.#entries.delete(key)
    }
  }
}
