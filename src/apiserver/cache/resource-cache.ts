/**
 * The current state of one resource: all objects under one key prefix of the store, the latest changes, and
 * who wants to hear of the next ones. Fed by `StoreFeed`, which alone calls `apply` and `advance`.
 */
import { SortedMap } from '#base/collections/sorted-map'
import type { CacheEntry } from './cache-entry.ts'
import { type CacheEvent, EventRing, type RingLimits } from './event-ring.ts'

/** Told of every batch of changes, once, in order; must not throw or wait. */
export interface ChangeListener {
  changed(events: readonly CacheEvent[]): void
  /** Nothing is missing up to this revision. */
  progressed(revision: number): void
  /** The feed is broken or closed: nothing more will come. */
  ended(): void
}

/** Upstream's smallest history, and a large one of small objects. */
const ringLimits: RingLimits = { countMin: 100, countMax: 10_000, bytesMax: 4 << 20 }

export class ResourceCache {
  readonly prefix: string
  readonly #entries = new SortedMap<CacheEntry>()
  readonly #listeners = new Set<ChangeListener>()
  readonly #ring: EventRing
  #lastChange: number

  constructor(prefix: string, startRevision: number) {
    this.prefix = prefix
    this.#ring = new EventRing(startRevision, ringLimits)
    this.#lastChange = startRevision
  }

  get size(): number {
    return this.#entries.size
  }

  /** The state has not changed since this revision. */
  get lastChange(): number {
    return this.#lastChange
  }

  get listenerCount(): number {
    return this.#listeners.size
  }

  get(key: string): CacheEntry | undefined {
    return this.#entries.get(key)
  }

  /** Entries whose keys start with `prefix`, in order, behind `afterKey` if given. Not to be kept open across an await. */
  *range(prefix: string, afterKey?: string): Generator<CacheEntry, void> {
    const from = afterKey === undefined || afterKey < prefix ? prefix : `${afterKey}\0`
    for (const [, entry] of this.#entries.entries(from, endOfPrefix(prefix))) yield entry
  }

  /** How many keys start with `prefix` and stand behind `afterKey`. */
  countAfter(prefix: string, afterKey: string): number {
    return this.#entries.rank(endOfPrefix(prefix)) - this.#entries.rank(`${afterKey}\0`)
  }

  /** See `EventRing`. */
  eventsAfter(revision: number): readonly CacheEvent[] | undefined {
    return this.#ring.after(revision)
  }

  get oldestWatchable(): number {
    return this.#ring.completeAfter
  }

  subscribe(listener: ChangeListener): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  /** Sets an entry that was there before the feed began. */
  load(entry: CacheEntry): void {
    this.#entries.set(entry.key, entry)
  }

  /** Takes over what another cache holds under this one's prefix, with its history. */
  claim(other: ResourceCache): void {
    const mine = [...other.range(this.prefix)]
    for (const entry of mine) {
      other.#entries.delete(entry.key)
      this.load(entry)
    }
    const isMine = ({ entry, previous }: CacheEvent) => (entry ?? previous)?.key.startsWith(this.prefix) === true
    for (const event of (other.eventsAfter(other.oldestWatchable) ?? []).filter(isMine)) {
      this.#ring.push(event)
      this.#lastChange = event.revision
    }
  }

  apply(events: readonly CacheEvent[]): void {
    for (const event of events) this.#applyOne(event)
    for (const listener of this.#listeners) listener.changed(events)
    for (const { previous } of events) previous?.forgetForms()
  }

  /**
   * Takes over a whole state, after changes were missed. Whoever must have seen each change is told that the feed has ended;
   * who stays subscribed nevertheless hears of the difference.
   */
  replace(entries: readonly CacheEntry[], revision: number): void {
    const events = this.#differences(entries, revision)
    for (const listener of this.#listeners) listener.ended()
    for (const event of events) this.#applyOne(event)
    this.#ring.clear(revision)
    this.#lastChange = revision
    for (const listener of this.#listeners) listener.changed(events)
  }

  progress(revision: number): void {
    for (const listener of this.#listeners) listener.progressed(revision)
  }

  end(): void {
    for (const listener of this.#listeners) listener.ended()
  }

  #differences(entries: readonly CacheEntry[], revision: number): CacheEvent[] {
    const there = new Set(entries.map(({ key }) => key))
    const gone = Array.from(this.#entries.entries('', undefined), ([, previous]) => previous).filter(({ key }) => !there.has(key))
    return [
      ...gone.map((previous) => ({ revision, previous, entry: undefined })),
      ...entries
        .map((entry) => ({ revision: entry.revision, previous: this.get(entry.key), entry }))
        .filter(({ entry, previous }) => previous?.revision !== entry.revision),
    ]
  }

  #applyOne(event: CacheEvent): void {
    this.#lastChange = event.revision
    this.#ring.push(event)
    if (event.entry !== undefined) this.#entries.set(event.entry.key, event.entry)
    else if (event.previous !== undefined) this.#entries.delete(event.previous.key)
  }
}

/** The first key behind all that start with `prefix`, which ends in `/`. */
function endOfPrefix(prefix: string): string {
  return `${prefix.slice(0, -1)}0`
}
