/** The records of a history put together: each call with its outcome, each watch with all it delivered. */
import type { WatchRequest } from '../store.ts'
import type { StoreErrorReason } from '../store-error.ts'
import type { CallAnswer, CallRequest, HistoryRecord, SeenEvent } from './history.ts'

/** A call. Places are numbers of records. */
export type Call = {
  readonly id: string
  readonly client: string
  readonly request: CallRequest
  readonly invokedAt: number
  readonly invokedMs: number
  /** Infinity if the call may still take effect at any time. */
  returnedAt: number
  returnedMs: number
  outcome: CallOutcome
}

/** How a call ended. */
export type CallOutcome =
  | { readonly type: 'answer'; readonly answer: CallAnswer }
  | { readonly type: 'refusal'; readonly reason: StoreErrorReason }
  | { readonly type: 'unknown' }

/** A watch and what it said. */
export type WatchRun = {
  readonly id: string
  readonly request: WatchRequest
  readonly openedAt: number
  readonly batches: Delivery[]
  endedAt: number
  endReason: string | undefined
  /** It should have told everything up to the revision. */
  stuck: { readonly at: number; readonly revision: number } | undefined
}

/** A batch of a watch. */
export type Delivery = { readonly at: number; readonly atMs: number; readonly events: readonly SeenEvent[]; readonly revision: number }

/** A history put together. */
export type CallHistory = {
  readonly calls: readonly Call[]
  readonly watches: readonly WatchRun[]
  /** When the store was stopped or killed, in the observer's time. */
  readonly restartsMs: readonly number[]
}

/** Puts the records together. */
export function callHistoryOf(records: readonly HistoryRecord[]): CallHistory {
  const calls = new Map<string, Call>()
  const watches = new Map<string, WatchRun>()
  const restartsMs: number[] = []
  for (const [at, record] of records.entries()) {
    if (record.type === 'restart') restartsMs.push(record.atMs)
    else if (record.type === 'invoke') calls.set(record.id, invoked(record, at))
    else if (record.type === 'watch') watches.set(record.id, opened(record, at))
    else if (record.type === 'answer' || record.type === 'refusal') settle(calls.get(record.id), record, at)
    else if (record.type !== 'unknown') extend(watches.get(record.id), record, at)
  }
  return { calls: [...calls.values()], watches: [...watches.values()], restartsMs }
}

type RecordOf<T extends HistoryRecord['type']> = Extract<HistoryRecord, { type: T }>

function invoked({ id, client, request, atMs }: RecordOf<'invoke'>, at: number): Call {
  const never = Number.POSITIVE_INFINITY
  return { id, client, request, invokedAt: at, invokedMs: atMs, returnedAt: never, returnedMs: never, outcome: { type: 'unknown' } }
}

function opened({ id, request }: RecordOf<'watch'>, at: number): WatchRun {
  return { id, request, openedAt: at, batches: [], endedAt: Number.POSITIVE_INFINITY, endReason: undefined, stuck: undefined }
}

function settle(call: Call | undefined, record: RecordOf<'answer' | 'refusal'>, at: number): void {
  if (call === undefined) return
  call.returnedAt = at
  call.returnedMs = record.atMs
  call.outcome = record.type === 'answer' ? { type: 'answer', answer: record.answer } : { type: 'refusal', reason: record.reason }
}

function extend(watch: WatchRun | undefined, record: RecordOf<'batch' | 'watch-end' | 'stuck'>, at: number): void {
  if (watch === undefined) return
  if (record.type === 'batch') watch.batches.push({ at, atMs: record.atMs, events: record.events, revision: record.revision })
  else if (record.type === 'stuck') watch.stuck = { at, revision: record.revision }
  else {
    watch.endedAt = at
    watch.endReason = record.reason
  }
}
