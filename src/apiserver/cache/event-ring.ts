/**
 * The latest changes of one resource, so that a watch can start from a revision in the recent past.
 * Invariant: it holds every change after `completeAfter`, in order of revision.
 */
import type { CacheEntry } from './cache-entry.ts'

/** One change. `entry` is absent for a deletion, `previous` for a creation; `revision` is the change's own. */
export type CacheEvent = {
  readonly revision: number
  readonly entry: CacheEntry | undefined
  readonly previous: CacheEntry | undefined
}

/** History ends where there are more changes than `countMax`, or more bytes of objects than `bytesMax` in more than `countMin`. */
export type RingLimits = { readonly countMin: number; readonly countMax: number; readonly bytesMax: number }

export class EventRing {
  readonly #limits: RingLimits
  #bytes = 0
  #events: CacheEvent[] = []
  #start = 0
  #completeAfter: number

  constructor(completeAfter: number, limits: RingLimits) {
    this.#completeAfter = completeAfter
    this.#limits = limits
  }

  /** A watch may start after this revision or any later one. */
  get completeAfter(): number {
    return this.#completeAfter
  }

  get newestRevision(): number {
    return this.#events.at(-1)?.revision ?? this.#completeAfter
  }

  push(event: CacheEvent): void {
    this.#events.push(event)
    this.#bytes += bytesOf(event)
    while (this.#isTooLong()) this.#forgetOldest()
  }

  /** Forgets everything: a watch may start after this revision. */
  clear(completeAfter: number): void {
    this.#events = []
    this.#start = 0
    this.#bytes = 0
    this.#completeAfter = completeAfter
  }

  /** The changes after `revision`, oldest first; undefined if some of them are forgotten. */
  after(revision: number): readonly CacheEvent[] | undefined {
    if (revision < this.#completeAfter) return undefined
    return this.#events.slice(this.#indexAfter(revision))
  }

  #isTooLong(): boolean {
    const count = this.#events.length - this.#start
    const { countMin, countMax, bytesMax } = this.#limits
    return count > countMax || (count > countMin && this.#bytes > bytesMax)
  }

  #forgetOldest(): void {
    const oldest = this.#events[this.#start]
    if (oldest !== undefined) {
      this.#completeAfter = oldest.revision
      this.#bytes -= bytesOf(oldest)
    }
    this.#start++
    // Moving the array at every push would cost its length each time.
    if (this.#start < this.#events.length - this.#start) return
    this.#events = this.#events.slice(this.#start)
    this.#start = 0
  }

  #indexAfter(revision: number): number {
    let low = this.#start
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#events[middle]?.revision ?? Number.POSITIVE_INFINITY) <= revision) low = middle + 1
      else high = middle
    }
    return low
  }
}

function bytesOf({ entry, previous }: CacheEvent): number {
  return (entry ?? previous)?.size ?? 0
}
