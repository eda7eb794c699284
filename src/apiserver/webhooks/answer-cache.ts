/** Answers of a service for a while, so that it is not asked the same for every request. */
import type { Clock } from '#base/env/clock'

const entriesMax = 1024

export class AnswerCache<T> {
  readonly #clock: Clock
  /** The oldest stands first. */
  readonly #entries = new Map<string, { readonly answer: T; readonly untilMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(question: string): T | undefined {
    const entry = this.#entries.get(question)
    return entry === undefined || entry.untilMs <= this.#clock.monotonicMs() ? undefined : entry.answer
  }

  add(question: string, answer: T, forMs: number): void {
    if (forMs <= 0) return
    this.#entries.delete(question)
    this.#entries.set(question, { answer, untilMs: this.#clock.monotonicMs() + forMs })
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > entriesMax && oldest !== undefined) this.#entries.delete(oldest)
  }
}
