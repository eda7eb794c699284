/** What makes an embedded store durable: it takes batches of changes one after the other. */
import type { Lease } from '../store.ts'
import type { Change } from './version-history.ts'

export interface Journal {
  /**
   * Resolves when the whole batch is durable; rejects with a StoreError when nothing of it is.
   * The next batch is given only after this one has been answered.
   */
  commit(batch: JournalBatch): Promise<void>
  /** Looks whether commits can go through again after one that could not; rejects with a StoreError if not. None is under way. */
  probe(): Promise<void>
  /** Why only what makes room may be committed, such as a full disk; as of the last commit or probe. */
  shortage(): string | undefined
  /** Reads what is kept once more; gives what is wrong with it, in words. Commits go on beside it. */
  verify(signal: AbortSignal | undefined): Promise<readonly string[]>
  /** Bytes taken by what is kept, or undefined where nothing is. */
  sizeBytes(): number | undefined
  /** Gives up the resources; no commit is under way. */
  close(): Promise<void>
}

/** Changes that become durable together. */
export interface JournalBatch {
  /** The store's revision after the batch. */
  readonly revision: number
  readonly changes: readonly Change[]
  readonly grantedLeases: readonly Lease[]
  readonly revokedLeases: readonly string[]
  readonly compaction: Compaction | undefined
}

/** A step of compaction. */
export interface Compaction {
  readonly revision: number
  /** Rows that nothing needs any more. */
  readonly rows: readonly number[]
}
