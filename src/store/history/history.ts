/**
 * What several clients asked of a store and what they were told, in the order in which one observer saw it. A history is what the checkers
 * judge; it says nothing about how the store works. It outlives the store: a run that kills the store goes on writing to the same history.
 *
 * The order of the records is real time: what stands before an `invoke` was known before the call was made.
 */
import type { Compare, KeyRange, RangeRequest, WatchRequest } from '../store.ts'
import type { StoreErrorReason } from '../store-error.ts'

/** One thing that was observed. Ids are unique in a history; `atMs` is the observer's monotonic time. */
export type HistoryRecord =
  | { readonly type: 'invoke'; readonly id: string; readonly client: string; readonly atMs: number; readonly request: CallRequest }
  | { readonly type: 'answer'; readonly id: string; readonly atMs: number; readonly answer: CallAnswer }
  /** The store said why it did nothing. */
  | { readonly type: 'refusal'; readonly id: string; readonly atMs: number; readonly reason: StoreErrorReason }
  /** Nobody knows whether it was done, now or later: the store died, the client left, the connection broke. */
  | { readonly type: 'unknown'; readonly id: string; readonly atMs: number; readonly why: string }
  | { readonly type: 'watch'; readonly id: string; readonly client: string; readonly atMs: number; readonly request: WatchRequest }
  | { readonly type: 'batch'; readonly id: string; readonly atMs: number; readonly events: readonly SeenEvent[]; readonly revision: number }
  /** The watch is over: by its reader, or for the reason given. */
  | { readonly type: 'watch-end'; readonly id: string; readonly atMs: number; readonly reason?: string }
  /** The watch was asked for everything up to the revision and, in all the time it was given, did not deliver it. */
  | { readonly type: 'stuck'; readonly id: string; readonly atMs: number; readonly revision: number }
  /** The store was stopped or killed here. Calls without an answer are of unknown outcome from here on. */
  | { readonly type: 'restart'; readonly atMs: number; readonly why: string }

/** A call, with its values as labels. */
export type CallRequest =
  | { readonly op: 'get'; readonly key: string }
  | { readonly op: 'range'; readonly range: RangeRequest }
  | { readonly op: 'count'; readonly range: KeyRange }
  | { readonly op: 'txn'; readonly compares: readonly Compare[]; readonly operations: readonly SeenOperation[] }
  | { readonly op: 'currentRevision' }
  | { readonly op: 'compact'; readonly revision: number }
  | { readonly op: 'grantLease'; readonly ttlMs: number }
  | { readonly op: 'keepLeaseAlive'; readonly leaseId: string }
  | { readonly op: 'revokeLease'; readonly leaseId: string }

/** What a call was told; of the same `op` as its request. */
export type CallAnswer =
  | { readonly op: 'get'; readonly entry?: SeenEntry }
  | { readonly op: 'range'; readonly entries: readonly SeenEntry[]; readonly revision: number; readonly remaining: number }
  | { readonly op: 'count'; readonly count: number }
  | { readonly op: 'txn'; readonly succeeded: boolean; readonly revision: number; readonly seen: readonly (SeenEntry | null)[] }
  | { readonly op: 'currentRevision'; readonly revision: number }
  | { readonly op: 'compact' }
  | { readonly op: 'grantLease'; readonly leaseId: string; readonly ttlMs: number }
  | { readonly op: 'keepLeaseAlive'; readonly ttlMs: number }
  | { readonly op: 'revokeLease' }

/** An operation of a transaction; `value` is the label of what is put. */
export type SeenOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: string; readonly leaseId?: string }
  | { readonly type: 'delete'; readonly key: string }

/** An entry; `value` is the label of its value. */
export type SeenEntry = {
  readonly key: string
  readonly value: string
  readonly createRevision: number
  readonly modRevision: number
  readonly version: number
  readonly leaseId?: string
}

/** An event of a watch. */
export type SeenEvent =
  | { readonly type: 'put'; readonly key: string; readonly revision: number; readonly entry: SeenEntry; readonly previous?: SeenEntry }
  | { readonly type: 'delete'; readonly key: string; readonly revision: number; readonly previous: SeenEntry }

/** The record as a line, with its end. */
export function writeRecord(record: HistoryRecord): string {
  return `${JSON.stringify(record)}\n`
}

/** The records of lines; a last line that was cut off in the middle is left out. */
export function readHistory(lines: string): HistoryRecord[] {
  const whole = lines.slice(0, lines.lastIndexOf('\n') + 1)
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line): HistoryRecord => JSON.parse(line))
}
