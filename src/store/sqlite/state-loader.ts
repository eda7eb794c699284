/** Builds the state in memory from the rows on disk, while the database's thread reads on. */
import type { LeaseTable } from '../embedded/lease-table.ts'
import { revisionOfRow, type Version } from '../embedded/version.ts'
import { VersionedState } from '../embedded/versioned-state.ts'
import type { Entry, StoreEvent } from '../store.ts'
import { StoreError } from '../store-error.ts'
import type { CompactionState } from './checksum.ts'
import { type PackedRows, type Row, unpackRows } from './row.ts'

export class StateLoader {
  readonly #state: VersionedState
  readonly #compaction: CompactionState
  readonly #leased: Entry[] = []

  constructor(compaction: CompactionState) {
    const { revision } = compaction
    this.#compaction = compaction
    this.#state = new VersionedState({ revision, compactRevision: revision })
  }

  /** Takes rows as they come, in order, checked. */
  take(rows: PackedRows): void {
    for (const row of unpackRows(rows)) {
      const entry = addRow(this.#state, row)
      if (entry?.leaseId !== undefined) this.#leased.push(entry)
    }
  }

  /** The state, once all rows are there; the keys of leases are hung on them. */
  finish(leases: LeaseTable): VersionedState {
    const state = this.#state
    state.apply([], Math.max(state.revision, this.#compaction.currentRevision))
    for (const entry of this.#leased) {
      if (state.get(entry.key) === entry) leases.apply({ type: 'put', key: entry.key, revision: entry.modRevision, entry })
    }
    return state
  }
}

function addRow(state: VersionedState, row: Row): Entry | undefined {
  const entry = entryOf(row)
  const revision = revisionOfRow(row.row)
  if (revision <= state.compactRevision && entry !== undefined) {
    state.restore({ revision, row: row.row, entry, older: undefined })
    return entry
  }
  const version: Version = { revision, row: row.row, entry, older: state.newest(row.key) }
  state.apply([{ event: eventOf(row.key, version), version }], revision)
  return entry
}

function eventOf(key: string, { revision, entry, older }: Version): StoreEvent {
  const previous = older?.entry
  if (entry !== undefined) return { type: 'put', key, revision, entry, previous }
  if (previous !== undefined) return { type: 'delete', key, revision, previous }
  throw new StoreError('Corrupt', `revision ${revision} deletes ${key}, which was not there: restore the store from a snapshot`)
}

function entryOf({ row, key, value, createRevision, version, lease }: Row): Entry | undefined {
  if (version === 0) return undefined
  return { key, value, createRevision, modRevision: revisionOfRow(row), version, leaseId: lease === 0 ? undefined : String(lease) }
}
