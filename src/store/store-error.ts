/** The failures of a store. Each says what is wrong and what to do; data that callers act on stands in fields. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly reason: StoreErrorReason
  /** With Compacted: the oldest revision that can still be read or watched from. */
  readonly oldestRevision: number | undefined
  /** With FutureRevision: the newest revision there is. */
  readonly currentRevision: number | undefined
  /** A write was sent and its answer was lost: it may have been made or not. Never true where nothing was changed for certain. */
  readonly isOutcomeUnknown: boolean

  constructor(reason: StoreErrorReason, message: string, detail: StoreErrorDetail = {}) {
    super(message, { cause: detail.cause })
    this.reason = reason
    this.oldestRevision = detail.oldestRevision
    this.currentRevision = detail.currentRevision
    this.isOutcomeUnknown = detail.isOutcomeUnknown ?? false
  }
}

/** What went wrong, for callers to switch on. */
export type StoreErrorReason =
  /** The revision's history is forgotten: list anew. */
  | 'Compacted'
  /** The revision does not exist yet. */
  | 'FutureRevision'
  /** The watch's reader left too much unread: open it again after the last revision seen. */
  | 'SlowWatcher'
  /** The size limit or the disk is reached: only deletes may go through. */
  | 'StoreFull'
  /** The write could not be made durable; the store goes on by itself when the disk does. */
  | 'Degraded'
  | 'LeaseNotFound'
  /** The request contradicts itself, such as one key operated on twice. */
  | 'Invalid'
  | 'Closed'
  /** Another process has the store open. */
  | 'Locked'
  /** The files were written by a newer version. */
  | 'SchemaTooNew'
  /** The files are damaged or not a store's. */
  | 'Corrupt'
  /** The files or their directory cannot be opened or made; or no server of the store can be reached, has a leader, or lets us in. */
  | 'Unavailable'

/** Data and cause of a failure. */
export interface StoreErrorDetail {
  readonly oldestRevision?: number
  readonly currentRevision?: number
  readonly isOutcomeUnknown?: boolean
  readonly cause?: unknown
}

/** Whether this is a store's failure for the given reason. */
export function isStoreError(error: unknown, reason: StoreErrorReason): error is StoreError {
  return error instanceof StoreError && error.reason === reason
}

/** The failure of reading or watching a forgotten revision. */
export function compacted(revision: number, oldestRevision: number): StoreError {
  return new StoreError('Compacted', `revision ${revision} has been compacted; the oldest is ${oldestRevision}`, { oldestRevision })
}

/** The failure of reading or watching a revision that is not there yet. */
export function futureRevision(revision: number, currentRevision: number): StoreError {
  return new StoreError('FutureRevision', `revision ${revision} is in the future; the newest is ${currentRevision}`, { currentRevision })
}

/** The failure of using a store after its close. */
export function closed(): StoreError {
  return new StoreError('Closed', 'the store is closed')
}
