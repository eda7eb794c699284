/** What the store's thread and the database's thread say to each other. One commit or probe is under way at a time, and one verification. */
import type { StoreErrorReason } from '../store-error.ts'
import type { CompactionState } from './checksum.ts'
import type { PackedRows } from './row.ts'

/** What the database's thread is started with. */
export type WorkerSettings = { readonly file: string; readonly reserveBytes: number }

export type ToWorker =
  | ({ readonly type: 'commit' } & CommitRequest)
  /** Asks whether commits can go through again. */
  | { readonly type: 'probe' }
  | { readonly type: 'verify'; readonly fromRow: number }
  | { readonly type: 'close' }

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
  /** At start, before the rows. */
  | { readonly type: 'compaction'; readonly compaction: CompactionState }
  /** At start: what is stored, in order of row. */
  | { readonly type: 'rows'; readonly rows: PackedRows }
  | ({ readonly type: 'opened' } & StoredHead)
  | ({ readonly type: 'verified' } & Verified)
  /** The commit is on disk, or the probe says that commits can be. `shortage` says why the store may not grow, if so. */
  | { readonly type: 'done'; readonly sizeBytes: number; readonly shortage: string | undefined }
  /** Of the commit under way, or of the start, nothing was done. */
  | { readonly type: 'failed'; readonly reason: StoreErrorReason; readonly message: string; readonly shortage: string | undefined }

/** What was found in some rows. Without `nextRow` they were the last. */
export type Verified = { readonly problems: readonly string[]; readonly rowCount: number; readonly nextRow: number | undefined }

/** What is stored besides the rows. */
export type StoredHead = {
  readonly leases: readonly StoredLease[]
  readonly nextLeaseNumber: number
  readonly sizeBytes: number
}
