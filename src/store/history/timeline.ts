/** The content of the store at every revision, as the log gives it. */
import { intervalOf } from '../key-range.ts'
import type { KeyRange } from '../store.ts'
import type { SeenEntry } from './history.ts'
import type { LogRecord, TxnCall } from './write-log.ts'

/** One key changed. */
export type Change = {
  readonly revision: number
  readonly key: string
  /** Undefined where it was deleted. */
  readonly entry: SeenEntry | undefined
  readonly previous: SeenEntry | undefined
}

/** From this revision on, until the next state of the key. */
export type KeyState = { readonly from: number; readonly entry: SeenEntry | undefined }

export class Timeline {
  /** All changes in order of revision. */
  readonly changes: Change[] = []
  readonly #revisions: { readonly from: number }[] = []
  readonly #states = new Map<string, KeyState[]>()
  readonly #counts = new Map<string, readonly { readonly from: number; readonly count: number }[]>()

  /** Adds the next revision of the log. Gives the comparison that did not hold, if one did not: the changes are made all the same. */
  append({ revision, txn, deleted }: LogRecord): { readonly key: string; readonly found: SeenEntry | undefined } | undefined {
    const failed = txn?.request.compares.find(({ key, modRevision }) => (this.newest(key)?.modRevision ?? 0) !== modRevision)
    const found = failed && { key: failed.key, found: this.newest(failed.key) }
    for (const change of txn === undefined ? deleted.map((key) => this.#deletion(key, revision)) : this.#changesOf(txn, revision)) {
      this.#append(change)
    }
    return found
  }

  newest(key: string): SeenEntry | undefined {
    return this.#states.get(key)?.at(-1)?.entry
  }

  /** What is under the key at the revision. */
  entryAt(key: string, revision: number): SeenEntry | undefined {
    const states = this.#states.get(key) ?? []
    return states[lastAtOrBefore(states, revision)]?.entry
  }

  /** The states of the key, in order; before the first there is nothing. */
  statesOf(key: string): readonly KeyState[] {
    return this.#states.get(key) ?? []
  }

  /** The changes after one revision, up to and with another. */
  changesBetween(after: number, upTo: number): readonly Change[] {
    return this.changes.slice(lastAtOrBefore(this.#revisions, after) + 1, lastAtOrBefore(this.#revisions, upTo) + 1)
  }

  /** The entries of a range at the revision, in order. */
  rangeAt(range: KeyRange, revision: number, afterKey?: string): SeenEntry[] {
    return this.#keysIn(range, afterKey)
      .map((key) => this.entryAt(key, revision))
      .filter((entry) => entry !== undefined)
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** How many keys a range has had, from which revision on. */
  countsOf(range: KeyRange): readonly { readonly from: number; readonly count: number }[] {
    const name = JSON.stringify(range)
    const known = this.#counts.get(name)
    if (known !== undefined) return known
    const { from, to } = intervalOf(range)
    const counts = [{ from: 0, count: 0 }]
    for (const { key, revision, entry, previous } of this.changes) {
      if (key < from || (to !== undefined && key >= to)) continue
      const change = Number(entry !== undefined) - Number(previous !== undefined)
      const last = counts.at(-1)
      if (last === undefined || change === 0) continue
      if (last.from === revision) counts[counts.length - 1] = { from: revision, count: last.count + change }
      else counts.push({ from: revision, count: last.count + change })
    }
    this.#counts.set(name, counts)
    return counts
  }

  #keysIn(range: KeyRange, afterKey: string | undefined): string[] {
    const { from, to } = intervalOf(range, afterKey)
    return [...this.#states.keys()].filter((key) => key >= from && (to === undefined || key < to))
  }

  #changesOf(txn: TxnCall, revision: number): Change[] {
    return txn.request.operations.map((operation) => {
      const { key } = operation
      if (operation.type === 'delete') return this.#deletion(key, revision)
      const previous = this.newest(key)
      const entry: SeenEntry = {
        key,
        value: operation.value,
        createRevision: previous?.createRevision ?? revision,
        modRevision: revision,
        version: (previous?.version ?? 0) + 1,
        leaseId: operation.leaseId,
      }
      return { revision, key, entry, previous }
    })
  }

  #deletion(key: string, revision: number): Change {
    return { revision, key, entry: undefined, previous: this.newest(key) }
  }

  #append(change: Change): void {
    const { key, revision, entry, previous } = change
    if (entry === undefined && previous === undefined) return
    this.changes.push(change)
    this.#revisions.push({ from: revision })
    const states = this.#states.get(key)
    if (states === undefined) this.#states.set(key, [{ from: revision, entry }])
    else states.push({ from: revision, entry })
  }
}

/** The place of the last step that begins at or before the revision; -1 if there is none. */
export function lastAtOrBefore(steps: readonly { readonly from: number }[], revision: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((steps[middle]?.from ?? Infinity) <= revision) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** In which field two entries differ first. */
export function difference(a: SeenEntry | undefined, b: SeenEntry | undefined): keyof SeenEntry | 'presence' | undefined {
  if (a === undefined || b === undefined) return a === b ? undefined : 'presence'
  return entryFields.find((field) => a[field] !== b[field])
}

const entryFields = ['key', 'modRevision', 'value', 'createRevision', 'version', 'leaseId'] as const
