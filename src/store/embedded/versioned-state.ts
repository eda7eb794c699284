/**
 * The durable state in memory, with all versions since the last compaction. No I/O, no time: it changes by `apply` and `compact` only.
 *
 * Invariants: a key lies in `#live` if its newest version has an entry, in `#dead` if that is a deletion not compacted yet;
 * the history holds every version after `compactRevision` in order.
 */
import { SortedMap } from '#base/collections/sorted-map'
import { type Interval, intervalOf } from '../key-range.ts'
import type { Entry, KeyRange, RangeRequest, RangeResult, StoreEvent } from '../store.ts'
import { compacted, futureRevision } from '../store-error.ts'
import { bytesOf, entryAt, type Version } from './version.ts'
import { type Change, VersionHistory } from './version-history.ts'

export class VersionedState {
  readonly #live = new SortedMap<Version>()
  readonly #dead = new SortedMap<Version>()
  readonly #history = new VersionHistory()
  #revision: number
  #compactRevision: number
  #liveBytes = 0
  #heldBytes = 0

  constructor(start: { readonly revision: number; readonly compactRevision: number }) {
    this.#revision = start.revision
    this.#compactRevision = start.compactRevision
  }

  get revision(): number {
    return this.#revision
  }

  get compactRevision(): number {
    return this.#compactRevision
  }

  get keyCount(): number {
    return this.#live.size
  }

  /** Bytes of the newest entries. */
  get liveBytes(): number {
    return this.#liveBytes
  }

  /** Bytes of all remembered versions. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  get historyLength(): number {
    return this.#history.length
  }

  get(key: string): Entry | undefined {
    return this.#live.get(key)?.entry
  }

  /** The newest version, also when it is a deletion. */
  newest(key: string): Version | undefined {
    return this.#live.get(key) ?? this.#dead.get(key)
  }

  count(range: KeyRange): number {
    return this.#countLive(intervalOf(range))
  }

  range(request: RangeRequest): RangeResult {
    const revision = request.atRevision ?? this.#revision
    this.checkReadable(revision)
    const interval = intervalOf(request, request.afterKey)
    const limit = request.limit ?? Number.POSITIVE_INFINITY
    return revision === this.#revision ? this.#rangeNewest(interval, limit) : this.#rangeAt(interval, limit, revision)
  }

  /** Fails unless the revision's state, and all events after it, are remembered. */
  checkReadable(revision: number): void {
    if (revision < this.#compactRevision) throw compacted(revision, this.#compactRevision)
    if (revision > this.#revision) throw futureRevision(revision, this.#revision)
  }

  /** Events after the revision in order: at most about `countMax`, and the revision up to which none is missing. */
  eventsAfter(revision: number, prefix: string, countMax: number): { events: readonly StoreEvent[]; revision: number } {
    this.checkReadable(revision)
    const { events, isEnd } = this.#history.eventsAfter(revision, prefix, countMax)
    return { events, revision: isEnd ? this.#revision : (events.at(-1)?.revision ?? revision) }
  }

  /** Takes over changes that are durable. */
  apply(changes: readonly Change[], revision: number): void {
    for (const change of changes) {
      this.#setNewest(change.event.key, change.version)
      this.#history.push(change)
    }
    this.#revision = revision
  }

  /** Takes over what was stored at start: a version at or before the compacted revision, which has no history. */
  restore(version: Version & { readonly entry: Entry }): void {
    this.#setNewest(version.entry.key, version)
  }

  /** How far to compact in one step that drops at most about `countMax` versions on the way to the revision. */
  compactionStep(revision: number, countMax: number): number {
    return this.#history.revisionAfterSome(countMax, revision)
  }

  /** The rows that a compaction to the revision makes superfluous: replaced versions and deletions. */
  rowsSupersededAt(revision: number): number[] {
    const rows: number[] = []
    for (const { version } of this.#history.upTo(revision)) {
      if (version.older?.entry !== undefined) rows.push(version.older.row)
      if (version.entry === undefined) rows.push(version.row)
    }
    return rows
  }

  /** Forgets the history up to the revision. */
  compact(revision: number): void {
    for (const { version, event } of this.#history.upTo(revision)) {
      this.#heldBytes -= bytesOf(version.older?.entry)
      version.older = undefined
      if (this.#dead.get(event.key) === version) this.#dead.delete(event.key)
    }
    this.#history.forgetUpTo(revision)
    this.#compactRevision = revision
  }

  #setNewest(key: string, version: Version): void {
    this.#liveBytes += bytesOf(version.entry) - bytesOf(this.get(key))
    this.#heldBytes += bytesOf(version.entry)
    if (version.entry === undefined) {
      this.#live.delete(key)
      this.#dead.set(key, version)
    } else {
      if (version.older !== undefined && version.older.entry === undefined) this.#dead.delete(key)
      this.#live.set(key, version)
    }
  }

  #countLive({ from, to }: Interval): number {
    const below = to === undefined ? this.#live.size : this.#live.rank(to)
    return Math.max(0, below - this.#live.rank(from))
  }

  #rangeNewest(interval: Interval, limit: number): RangeResult {
    const entries: Entry[] = []
    for (const [, version] of this.#live.entries(interval.from, interval.to)) {
      if (entries.length >= limit) break
      if (version.entry !== undefined) entries.push(version.entry)
    }
    return { entries, revision: this.#revision, remaining: this.#countLive(interval) - entries.length }
  }

  /** A key that was there at the revision is alive now, or was deleted since and is still remembered as dead. */
  #rangeAt(interval: Interval, limit: number, revision: number): RangeResult {
    const entries: Entry[] = []
    const live = this.#live.entries(interval.from, interval.to)
    const dead = this.#dead.entries(interval.from, interval.to)
    for (const version of merged(live, dead)) {
      if (entries.length >= limit) break
      const entry = entryAt(version, revision)
      if (entry !== undefined) entries.push(entry)
    }
    if (entries.length < limit) return { entries, revision, remaining: 0 }
    return { entries, revision, remaining: this.#countAt(behind(interval, entries.at(-1)?.key), revision) }
  }

  /** What is there now, corrected by what has come and gone since. */
  #countAt(interval: Interval, revision: number): number {
    const changed = new Set<string>()
    for (const { event } of this.#history.after(revision)) {
      if (event.key >= interval.from && (interval.to === undefined || event.key < interval.to)) changed.add(event.key)
    }
    let count = this.#countLive(interval)
    for (const key of changed) {
      const newest = this.newest(key)
      if (newest !== undefined) count += Number(entryAt(newest, revision) !== undefined) - Number(newest.entry !== undefined)
    }
    return count
  }
}

/** Two sorted runs without a common key as one. */
function* merged(one: Iterator<[string, Version]>, other: Iterator<[string, Version]>): Generator<Version, void> {
  let [a, b] = [one.next(), other.next()]
  while (a.done !== true || b.done !== true) {
    if (b.done === true || (a.done !== true && a.value[0] < b.value[0])) {
      if (a.done !== true) yield a.value[1]
      a = one.next()
    } else {
      yield b.value[1]
      b = other.next()
    }
  }
}

function behind(interval: Interval, key: string | undefined): Interval {
  return key === undefined ? interval : { from: `${key}\u0000`, to: interval.to }
}
