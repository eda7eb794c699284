/**
 * Keys waiting to be worked on. A key waits at most once, is handed to one worker at a time, and comes back
 * if it was added meanwhile. Failures of a key are spaced out further and further.
 */
import type { Clock } from '#base/env/clock'

export type KeyQueueStats = { readonly depth: number; readonly workedOn: number; readonly addCount: number; readonly retryCount: number }

// As upstream's default controller rate limiter.
const backoffMsMin = 5
const backoffMsMax = 1_000_000
const retriesPerSecond = 10
const retryBurst = 100

type Delayed = { readonly dueMs: number; readonly timer: Disposable }

export class KeyQueue {
  readonly #clock: Clock
  readonly #waiting = new Set<string>()
  readonly #workedOn = new Set<string>()
  /** Added while being worked on. */
  readonly #again = new Set<string>()
  readonly #delayed = new Map<string, Delayed>()
  readonly #failureCounts = new Map<string, number>()
  readonly #takers: ((key: string | undefined) => void)[] = []
  #nextRetryMs = 0
  #addCount = 0
  #retryCount = 0
  #isClosed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  stats(): KeyQueueStats {
    return { depth: this.#waiting.size, workedOn: this.#workedOn.size, addCount: this.#addCount, retryCount: this.#retryCount }
  }

  add(key: string): void {
    if (this.#isClosed || this.#waiting.has(key)) return
    this.#addCount++
    if (this.#workedOn.has(key)) {
      this.#again.add(key)
      return
    }
    this.#waiting.add(key)
    this.#hand()
  }

  /** Of several delays for a key the soonest counts. */
  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) return this.add(key)
    if (this.#isClosed) return
    const dueMs = this.#clock.monotonicMs() + delayMs
    const earlier = this.#delayed.get(key)
    if (earlier !== undefined && earlier.dueMs <= dueMs) return
    earlier?.timer[Symbol.dispose]()
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#delayed.delete(key)
      this.add(key)
    })
    this.#delayed.set(key, { dueMs, timer })
  }

  /** Adds a key whose work failed, after a pause that doubles with each failure. */
  retry(key: string): void {
    const failureCount = this.#failureCounts.get(key) ?? 0
    this.#failureCounts.set(key, failureCount + 1)
    this.#retryCount++
    const backoffMs = Math.min(backoffMsMin * 2 ** failureCount, backoffMsMax)
    this.addAfter(key, Math.max(backoffMs, this.#overallDelayMs()))
  }

  failureCount(key: string): number {
    return this.#failureCounts.get(key) ?? 0
  }

  /** The key's work succeeded: its next failure is its first. */
  succeeded(key: string): void {
    this.#failureCounts.delete(key)
  }

  /** The next key, or undefined once the queue is closed. Call `done` with it afterwards. */
  take(): Promise<string | undefined> {
    return new Promise((resolve) => {
      if (this.#isClosed) return resolve(undefined)
      this.#takers.push(resolve)
      this.#hand()
    })
  }

  done(key: string): void {
    this.#workedOn.delete(key)
    if (this.#again.delete(key) && !this.#isClosed) {
      this.#waiting.add(key)
      this.#hand()
    }
  }

  /** Drops what waits; workers get undefined. */
  close(): void {
    this.#isClosed = true
    for (const { timer } of this.#delayed.values()) timer[Symbol.dispose]()
    this.#delayed.clear()
    this.#waiting.clear()
    for (const take of this.#takers.splice(0)) take(undefined)
  }

  #hand(): void {
    for (const key of this.#waiting) {
      const take = this.#takers.shift()
      if (take === undefined) return
      this.#waiting.delete(key)
      this.#workedOn.add(key)
      take(key)
    }
  }

  /** A token bucket over all keys, so that a thousand failing keys do not become a thousand requests at once. */
  #overallDelayMs(): number {
    const nowMs = this.#clock.monotonicMs()
    const spacingMs = 1000 / retriesPerSecond
    this.#nextRetryMs = Math.max(this.#nextRetryMs, nowMs - retryBurst * spacingMs) + spacingMs
    return Math.max(this.#nextRetryMs - nowMs, 0)
  }
}
