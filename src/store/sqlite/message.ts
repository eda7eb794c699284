/** What the store's thread and the database's thread say to each other. One commit is under way at a time. */
import type { StoreErrorReason } from '../store-error.ts'
import type { PackedRows } from './row.ts'

export type ToWorker = ({ readonly type: 'commit' } & CommitRequest) | { readonly type: 'close' }

/** Everything of a batch that goes to disk, in one SQLite transaction. */
export type CommitRequest = {
  readonly rows: PackedRows
  readonly grantedLeases: readonly StoredLease[]
  readonly revokedLeases: readonly number[]
  /** The revision compacted to, the store's revision then, and the rows to drop. */
  readonly compaction: { readonly revision: number; readonly currentRevision: number; readonly rows: readonly number[] } | undefined
}

export type StoredLease = { readonly id: number; readonly ttlMs: number }

export type FromWorker =
  /** At start: what is stored, in order of row. */
  | { readonly type: 'rows'; readonly rows: PackedRows }
  | ({ readonly type: 'opened' } & StoredHead)
  | { readonly type: 'committed'; readonly sizeBytes: number }
  /** Of the commit under way, or of the start, nothing was done. */
  | { readonly type: 'failed'; readonly reason: StoreErrorReason; readonly message: string }

/** What is stored besides the rows. */
export type StoredHead = {
  readonly revision: number
  readonly compactRevision: number
  readonly leases: readonly StoredLease[]
  readonly nextLeaseNumber: number
  readonly sizeBytes: number
}
