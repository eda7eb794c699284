/** Notes what clients ask of a store and what they are told. The note of a call is taken before the store hears of it. */
import { assert } from '#base/assert'
import type { Clock } from '#base/env/clock'
import type { Entry, Store, Txn, TxnResult, Watch, WatchBatch, WatchRequest } from '../store.ts'
import { StoreError, type StoreErrorReason } from '../store-error.ts'
import type { CallAnswer, CallRequest, HistoryRecord } from './history.ts'
import { seenEntry, seenEvent, seenOperation } from './label.ts'

/** What a recorder needs. */
export type RecorderDeps = {
  readonly clock: Clock
  /** Makes ids unique in a history that several recorders write to, one after the other. */
  readonly session: string
  /** Takes each record, in order, at once. */
  readonly note: (record: HistoryRecord) => void
}

/** The failures that say why nothing was done, whatever was asked. */
const refusals: ReadonlySet<StoreErrorReason> = new Set(['Compacted', 'FutureRevision', 'StoreFull', 'LeaseNotFound', 'Invalid'])

/** A failed transaction was not made unless the store says that it cannot know; other calls may have been made in part. */
function isRefusal({ reason, isOutcomeUnknown }: StoreError, { op }: CallRequest): boolean {
  return !isOutcomeUnknown && (refusals.has(reason) || (op === 'txn' && reason !== 'Closed'))
}

export class Recorder {
  readonly #deps: RecorderDeps
  readonly #watchIds = new WeakMap<Watch, string>()
  #lastId = 0

  constructor(deps: RecorderDeps) {
    this.#deps = deps
  }

  /** The store as the named client sees it: every call and every batch of its watches is noted. `status` and `lease` are not. */
  client(store: Store, client: string): Store {
    const call = <T>(request: CallRequest, run: () => Promise<T>, answerOf: (result: T) => CallAnswer): Promise<T> =>
      this.#call(client, request, run, answerOf)
    return {
      get: (key, signal) => call({ op: 'get', key }, () => store.get(key, signal), getAnswer),
      range: (range, signal) =>
        call(
          { op: 'range', range },
          () => store.range(range, signal),
          ({ entries, revision, remaining }) => ({ op: 'range', entries: entries.map(seenEntry), revision, remaining }),
        ),
      count: (range, signal) =>
        call(
          { op: 'count', range },
          () => store.count(range, signal),
          (count) => ({ op: 'count', count }),
        ),
      txn: (txn, signal) => call(txnRequest(txn), () => store.txn(txn, signal), txnAnswer),
      watch: (request, signal) => this.#watch(client, request, () => store.watch(request, signal)),
      currentRevision: (signal) =>
        call(
          { op: 'currentRevision' },
          () => store.currentRevision(signal),
          (revision) => ({ op: 'currentRevision', revision }),
        ),
      compact: (revision, signal) =>
        call(
          { op: 'compact', revision },
          () => store.compact(revision, signal),
          () => ({ op: 'compact' }),
        ),
      grantLease: (ttlMs, signal) =>
        call(
          { op: 'grantLease', ttlMs },
          () => store.grantLease(ttlMs, signal),
          (lease) => ({ op: 'grantLease', leaseId: lease.id, ttlMs: lease.ttlMs }),
        ),
      lease: (id, signal) => store.lease(id, signal),
      keepLeaseAlive: (leaseId, signal) =>
        call(
          { op: 'keepLeaseAlive', leaseId },
          () => store.keepLeaseAlive(leaseId, signal),
          ({ ttlMs }) => ({ op: 'keepLeaseAlive', ttlMs }),
        ),
      revokeLease: (leaseId, signal) =>
        call(
          { op: 'revokeLease', leaseId },
          () => store.revokeLease(leaseId, signal),
          () => ({ op: 'revokeLease' }),
        ),
      status: (signal) => store.status(signal),
      close: () => store.close(),
      [Symbol.asyncDispose]: () => store.close(),
    }
  }

  /** Notes that a watch of one of the clients did not tell everything up to the revision, though it was asked and given time. */
  stuck(watch: Watch, revision: number): void {
    const id = this.#watchIds.get(watch)
    assert(id !== undefined, 'the watch was opened by a client of this recorder')
    this.#deps.note({ type: 'stuck', id, atMs: this.#nowMs(), revision })
  }

  /** Notes that the store was stopped or killed. */
  restart(why: string): void {
    this.#deps.note({ type: 'restart', atMs: this.#nowMs(), why })
  }

  async #call<T>(client: string, request: CallRequest, run: () => Promise<T>, answerOf: (result: T) => CallAnswer): Promise<T> {
    const { note } = this.#deps
    const id = this.#nextId()
    note({ type: 'invoke', id, client, atMs: this.#nowMs(), request })
    try {
      const result = await run()
      note({ type: 'answer', id, atMs: this.#nowMs(), answer: answerOf(result) })
      return result
    } catch (error) {
      const atMs = this.#nowMs()
      if (error instanceof StoreError && isRefusal(error, request)) note({ type: 'refusal', id, atMs, reason: error.reason })
      else note({ type: 'unknown', id, atMs, why: String(error) })
      throw error
    }
  }

  #watch(client: string, request: WatchRequest, open: () => Watch): Watch {
    const id = this.#nextId()
    this.#deps.note({ type: 'watch', id, client, atMs: this.#nowMs(), request })
    const watch = this.#recordedWatch(id, open())
    this.#watchIds.set(watch, id)
    return watch
  }

  #recordedWatch(id: string, watch: Watch): Watch {
    let isOver = false
    const end = (reason?: string): void => {
      if (!isOver) this.#deps.note({ type: 'watch-end', id, atMs: this.#nowMs(), reason })
      isOver = true
    }
    const leave = async (): Promise<void> => {
      end()
      await watch[Symbol.asyncDispose]()
    }
    const recorded: Watch = {
      next: async () => {
        try {
          const result = await watch.next()
          if (result.done === true) end()
          else if (!isOver) this.#batch(id, result.value)
          return result
        } catch (error) {
          end(error instanceof StoreError ? error.reason : String(error))
          throw error
        }
      },
      return: async () => {
        await leave()
        return { done: true, value: undefined }
      },
      requestProgress: () => watch.requestProgress(),
      [Symbol.asyncIterator]: () => recorded,
      [Symbol.asyncDispose]: leave,
    }
    return recorded
  }

  #batch(id: string, { events, revision }: WatchBatch): void {
    this.#deps.note({ type: 'batch', id, atMs: this.#nowMs(), events: events.map(seenEvent), revision })
  }

  #nextId(): string {
    return `${this.#deps.session}.${++this.#lastId}`
  }

  #nowMs(): number {
    return this.#deps.clock.monotonicMs()
  }
}

function getAnswer(entry: Entry | undefined): CallAnswer {
  return entry === undefined ? { op: 'get' } : { op: 'get', entry: seenEntry(entry) }
}

function txnRequest({ compares, operations }: Txn): CallRequest {
  return { op: 'txn', compares, operations: operations.map(seenOperation) }
}

function txnAnswer(result: TxnResult): CallAnswer {
  const { succeeded, revision } = result
  const seen = (result.succeeded ? result.previous : result.current).map((entry) => (entry === undefined ? null : seenEntry(entry)))
  return { op: 'txn', succeeded, revision, seen }
}
