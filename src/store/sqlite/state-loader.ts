/** Builds the state in memory from the rows on disk. */
import type { LeaseTable } from '../embedded/lease-table.ts'
import { revisionOfRow, type Version } from '../embedded/version.ts'
import { VersionedState } from '../embedded/versioned-state.ts'
import type { Entry, StoreEvent } from '../store.ts'
import { StoreError } from '../store-error.ts'
import type { StoredHead } from './message.ts'
import { type PackedRows, type Row, unpackRows } from './row.ts'

export class StateLoader {
  readonly #packs: PackedRows[] = []

  /** Takes rows as they come, in order. Cheap, so that the database's thread is never held up. */
  take(rows: PackedRows): void {
    this.#packs.push(rows)
  }

  /** The state, once all rows are there. */
  finish(head: StoredHead, leases: LeaseTable): VersionedState {
    const state = new VersionedState({ revision: head.compactRevision, compactRevision: head.compactRevision })
    for (const pack of this.#packs) {
      for (const row of unpackRows(pack)) addRow(state, row)
    }
    state.apply([], head.revision)
    for (const entry of state.range({ prefix: '' }).entries) {
      if (entry.leaseId !== undefined) leases.apply({ type: 'put', key: entry.key, revision: entry.modRevision, entry })
    }
    return state
  }
}

function addRow(state: VersionedState, row: Row): void {
  const entry = entryOf(row)
  const revision = revisionOfRow(row.row)
  if (revision <= state.compactRevision && entry !== undefined) {
    state.restore({ revision, row: row.row, entry, older: undefined })
    return
  }
  const version: Version = { revision, row: row.row, entry, older: state.newest(row.key) }
  state.apply([{ event: eventOf(row.key, version), version }], revision)
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
