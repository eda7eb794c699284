/** The last changes of the whole store, so that a watch can begin a little in the past without asking etcd. */
import { bytesOf } from '../embedded/version.ts'
import type { StoreEvent } from '../store.ts'

export interface RecentLimits {
  readonly lengthMax: number
  readonly bytesMax: number
}

/** So many forgotten ones are carried along before the list is made anew. */
const forgottenLengthMax = 4096

export class RecentEvents {
  readonly #limits: RecentLimits
  #events: StoreEvent[] = []
  /** Index of the first that counts; those before it are forgotten. */
  #first = 0
  #bytes = 0
  #startRevision: number

  /** `startRevision`: of which the changes are remembered that come after it. */
  constructor(startRevision: number, limits: RecentLimits) {
    this.#startRevision = startRevision
    this.#limits = limits
  }

  /** Every change after this revision is here. */
  get startRevision(): number {
    return this.#startRevision
  }

  /** Takes whole revisions, in order. */
  add(events: readonly StoreEvent[]): void {
    for (const event of events) {
      this.#events.push(event)
      this.#bytes += sizeOf(event)
    }
    const { lengthMax, bytesMax } = this.#limits
    while (this.#events.length - this.#first > lengthMax || this.#bytes > bytesMax) this.#forgetRevision()
    if (this.#first > forgottenLengthMax) this.#drop()
  }

  /** The changes of keys with the prefix after the revision, which must not be before `startRevision`. */
  after(revision: number, prefix: string): StoreEvent[] {
    const found: StoreEvent[] = []
    for (let i = this.#indexAfter(revision); i < this.#events.length; i++) {
      const event = this.#events[i]
      if (event?.key.startsWith(prefix)) found.push(event)
    }
    return found
  }

  #forgetRevision(): void {
    const revision = this.#events[this.#first]?.revision
    if (revision === undefined) return
    for (let event = this.#events[this.#first]; event?.revision === revision; event = this.#events[++this.#first]) {
      this.#bytes -= sizeOf(event)
    }
    this.#startRevision = revision
  }

  #drop(): void {
    this.#events = this.#events.slice(this.#first)
    this.#first = 0
  }

  #indexAfter(revision: number): number {
    let low = this.#first
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#events[middle]?.revision ?? 0) > revision) high = middle
      else low = middle + 1
    }
    return low
  }
}

function sizeOf(event: StoreEvent): number {
  return bytesOf(event.type === 'put' ? event.entry : event.previous)
}
