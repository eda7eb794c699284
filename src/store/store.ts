/**
 * A revisioned key-value store: the only state of the control plane.
 *
 * What every implementation promises (the suite in `contract/` checks it):
 * - One revision counter for the whole store. Every transaction that changes something takes the next revision.
 * - An answered write is durable. A write that is not durable yet is seen by no read and no watch.
 * - Reads without `atRevision` see the newest answered state. Reads with it see exactly that state, until it is compacted.
 * - A watch delivers every change after its start once, in order of revision, with all changes of a revision in one batch.
 *
 * Failures are `StoreError`s (`./store-error.ts`). A comparison that does not hold is no failure but a value: `succeeded: false`.
 * Ownership: a value handed to the store belongs to it, a value from the store is shared by all; neither is ever changed in place.
 * Short forms for one key (create, put, update, remove) stand in `./single-key.ts`.
 */
export interface Store extends AsyncDisposable {
  /** The newest entry under the key. */
  get(key: string, signal?: AbortSignal): Promise<Entry | undefined>

  /** Entries in order of key. Fails with Compacted or FutureRevision if `atRevision` is out of reach. */
  range(request: RangeRequest, signal?: AbortSignal): Promise<RangeResult>

  /** The number of keys in a range, cheaper than reading them. */
  count(range: KeyRange, signal?: AbortSignal): Promise<number>

  /** All comparisons hold and all operations are made, under one revision; or nothing is changed. */
  txn(txn: Txn, signal?: AbortSignal): Promise<TxnResult>

  /**
   * Opens a watch. It ends quietly when the signal aborts or it is disposed of, and its iteration fails with
   * Compacted, FutureRevision, SlowWatcher (the reader left too much unread) or Closed.
   */
  watch(request: WatchRequest, signal?: AbortSignal): Watch

  /** The revision of the newest answered write; a read started after this sees at least that. */
  currentRevision(signal?: AbortSignal): Promise<number>

  /** Forgets the history up to the revision: what was replaced or deleted by then. The state at the revision itself stays readable. */
  compact(revision: number, signal?: AbortSignal): Promise<void>

  /** Keys put with the lease's id are deleted when it expires, that is `ttlMs` after the grant or the last keep-alive. */
  grantLease(ttlMs: number, signal?: AbortSignal): Promise<Lease>
  /** The lease as it was granted; undefined if it is not, or no longer, there. */
  lease(id: string, signal?: AbortSignal): Promise<Lease | undefined>
  /** Starts the lease's time anew. Fails with LeaseNotFound. */
  keepLeaseAlive(id: string, signal?: AbortSignal): Promise<Lease>
  /** Ends the lease and deletes its keys, under one revision. Fails with LeaseNotFound. */
  revokeLease(id: string, signal?: AbortSignal): Promise<void>

  /** What an operator and the health endpoint want to know. Answers even when writes fail. */
  status(signal?: AbortSignal): Promise<StoreStatus>

  /**
   * Reads what lies on the disk once more, while the store goes on; gives what is wrong with it, in words that name the key.
   * Absent where the disk belongs to somebody else, as etcd's.
   */
  verify?(signal?: AbortSignal): Promise<readonly string[]>

  /** Finishes the writes under way, ends all watches and gives up the resources. Every later call fails with Closed. */
  close(): Promise<void>
}

/** One key with its value and its place in history. */
export interface Entry {
  readonly key: string
  readonly value: Uint8Array
  /** Revision that made the key; a key that was deleted and made again starts anew. */
  readonly createRevision: number
  /** Revision of the last put: what a compare-and-swap compares. */
  readonly modRevision: number
  /** Number of puts since the key was made, 1 for the first. */
  readonly version: number
  readonly leaseId?: string
}

/** All keys that start with the prefix, or all from `from` up to but without `to`. Keys are ordered by UTF-16 code units. */
export type KeyRange = { readonly prefix: string } | { readonly from: string; readonly to: string }

/** A page of a range. */
export type RangeRequest = KeyRange & {
  /** At most so many entries; without it, all. */
  readonly limit?: number
  /** Go on behind this key: the last one of the page before. */
  readonly afterKey?: string
  /** Read this revision instead of the newest. */
  readonly atRevision?: number
}

/** The answer to a range. */
export interface RangeResult {
  readonly entries: readonly Entry[]
  /** The revision that was read: `atRevision`, or the newest. Give it as `atRevision` to go on consistently. */
  readonly revision: number
  /** Entries behind the last of this page. Zero means that the range is complete. */
  readonly remaining: number
}

/** Compare-and-swap over one or several keys. No key may be operated on twice. */
export interface Txn {
  readonly compares: readonly Compare[]
  readonly operations: readonly Operation[]
}

/** Holds if the key's modRevision is this one; 0 holds if there is no such key. */
export interface Compare {
  readonly key: string
  readonly modRevision: number
}

/** One change of a transaction. To delete a key that is not there changes nothing. */
export type Operation = PutOperation | DeleteOperation

/** Writes a value; without `leaseId` the key lives until it is deleted. */
export interface PutOperation {
  readonly type: 'put'
  readonly key: string
  readonly value: Uint8Array
  readonly leaseId?: string
}

/** Deletes a key. */
export interface DeleteOperation {
  readonly type: 'delete'
  readonly key: string
}

/** The outcome of a transaction. */
export type TxnResult = TxnSuccess | TxnConflict

/** All comparisons held. */
export interface TxnSuccess {
  readonly succeeded: true
  /** The revision the changes got; the current one if nothing had to be changed. */
  readonly revision: number
  /** What each operation replaced or deleted, in the order of the operations. */
  readonly previous: readonly (Entry | undefined)[]
}

/** A comparison did not hold and nothing was changed. */
export interface TxnConflict {
  readonly succeeded: false
  readonly revision: number
  /** What is under each compared key, in the order of the comparisons. */
  readonly current: readonly (Entry | undefined)[]
}

/** What to watch and from where. */
export interface WatchRequest {
  readonly prefix: string
  /** The first change sent is the first after this revision; without it, the first after now. */
  readonly afterRevision?: number
  /** An empty batch is sent after so long without a change: a bookmark. Without it, only on `requestProgress`. */
  readonly progressIntervalMs?: number
}

/** A stream of batches for one reader. Leaving the `for await` loop ends the watch. */
export interface Watch extends AsyncIterableIterator<WatchBatch, undefined>, AsyncDisposable {
  /** Asks for a batch, empty if need be, whose revision is at least the store's revision now. */
  requestProgress(): void
}

/** Some changes in order, possibly none. */
export interface WatchBatch {
  readonly events: readonly StoreEvent[]
  /** Everything under the prefix up to this revision has been delivered with this batch: a watch may resume here. */
  readonly revision: number
}

/** One change of one key. */
export type StoreEvent = PutEvent | DeleteEvent

/** A key was written; `previous` is absent if the key was made by it. */
export interface PutEvent {
  readonly type: 'put'
  readonly key: string
  readonly revision: number
  readonly entry: Entry
  readonly previous?: Entry
}

/** A key was deleted, by a transaction or with its lease. */
export interface DeleteEvent {
  readonly type: 'delete'
  readonly key: string
  readonly revision: number
  readonly previous: Entry
}

/** A grant of life for keys. */
export interface Lease {
  readonly id: string
  readonly ttlMs: number
}

/** Figures and health of a store. */
export interface StoreStatus {
  readonly revision: number
  /** The oldest revision that can still be read and watched from; of etcd, as far as it has told. */
  readonly compactRevision: number
  readonly keyCount: number
  /** Bytes of all current keys and values. */
  readonly liveBytes: number
  /** Bytes taken on disk (for the memory store: held by history and state). */
  readonly sizeBytes: number
  /** Why writes fail at present; undefined when they do not. */
  readonly degraded?: string
}
