/**
 * The versions made since the last compaction, oldest first, each with the event that made it.
 * Reading from the middle is a binary search; forgetting from the front costs nothing per version that stays.
 */
import type { StoreEvent } from '../store.ts'
import type { Version } from './version.ts'

/** A change that history remembers. */
export type Change = { readonly event: StoreEvent; readonly version: Version }

export class VersionHistory {
  #changes: Change[] = []
  /** Changes before this index are forgotten already. */
  #head = 0

  get length(): number {
    return this.#changes.length - this.#head
  }

  push(change: Change): void {
    this.#changes.push(change)
  }

  /** Events after the revision whose keys start with the prefix: at most `countMax`, but never a part of a revision. */
  eventsAfter(revision: number, prefix: string, countMax: number): { events: StoreEvent[]; isEnd: boolean } {
    const events: StoreEvent[] = []
    for (let at = this.#indexAfter(revision); at < this.#changes.length; at++) {
      const event = this.#changes[at]?.event
      if (event === undefined) break
      const last = events.at(-1)
      if (events.length >= countMax && last !== undefined && last.revision !== event.revision) return { events, isEnd: false }
      if (event.key.startsWith(prefix)) events.push(event)
    }
    return { events, isEnd: true }
  }

  /** The changes after the revision. The history must not change while they are read. */
  *after(revision: number): Generator<Change, void> {
    for (let at = this.#indexAfter(revision); at < this.#changes.length; at++) {
      const change = this.#changes[at]
      if (change !== undefined) yield change
    }
  }

  /** The changes up to and with the revision. */
  upTo(revision: number): readonly Change[] {
    return this.#changes.slice(this.#head, this.#indexAfter(revision))
  }

  /** The last revision such that about `countMax` changes lie at or before it, but not beyond `revisionMax`. */
  revisionAfterSome(countMax: number, revisionMax: number): number {
    const change = this.#changes[this.#head + countMax]
    return change === undefined ? revisionMax : Math.min(change.event.revision, revisionMax)
  }

  forgetUpTo(revision: number): void {
    const head = this.#indexAfter(revision)
    this.#changes.fill(forgotten, this.#head, head)
    this.#head = head
    if (head * 2 < this.#changes.length) return
    this.#changes = this.#changes.slice(head)
    this.#head = 0
  }

  #indexAfter(revision: number): number {
    let low = this.#head
    let high = this.#changes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#changes[middle]?.event.revision ?? 0) <= revision) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Stands where a forgotten change was, so that its values can be collected before the array is cut. */
const forgotten: Change = {
  event: {
    type: 'delete',
    key: '',
    revision: 0,
    previous: { key: '', value: new Uint8Array(), createRevision: 0, modRevision: 0, version: 0 },
  },
  version: { revision: 0, row: 0, entry: undefined, older: undefined },
}
