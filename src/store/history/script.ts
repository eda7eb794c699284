/** Histories written by hand, one observation after the other, for tests of the checkers. */
import type { Compare, RangeRequest, WatchRequest } from '../store.ts'
import type { StoreErrorReason } from '../store-error.ts'
import type { CallAnswer, CallRequest, HistoryRecord, SeenEntry, SeenEvent, SeenOperation } from './history.ts'

/** An entry as it is after one put, unless told otherwise. */
export function entry(key: string, value: string, modRevision: number, more: Partial<SeenEntry> = {}): SeenEntry {
  return { key, value, modRevision, createRevision: modRevision, version: 1, ...more }
}

/** The event of a put. */
export function written(after: SeenEntry, previous?: SeenEntry): SeenEvent {
  return { type: 'put', key: after.key, revision: after.modRevision, entry: after, previous }
}

/** The event of a deletion. */
export function deleted(previous: SeenEntry, revision: number): SeenEvent {
  return { type: 'delete', key: previous.key, revision, previous }
}

export class Script {
  readonly records: HistoryRecord[] = []
  #ids = 0
  #nowMs = 0

  /** Lets time pass. */
  pass(ms: number): void {
    this.#nowMs += ms
  }

  /** A call that begins here and ends later, or never. */
  begin(request: CallRequest): string {
    const id = String(++this.#ids)
    this.records.push({ type: 'invoke', id, client: 'c', atMs: this.#nowMs, request })
    return id
  }

  end(id: string, answer: CallAnswer): void {
    this.records.push({ type: 'answer', id, atMs: this.#nowMs, answer })
  }

  call(request: CallRequest, answer: CallAnswer): void {
    this.end(this.begin(request), answer)
  }

  refuse(request: CallRequest, reason: StoreErrorReason): void {
    this.records.push({ type: 'refusal', id: this.begin(request), atMs: this.#nowMs, reason })
  }

  /** A put that was answered; `previous` is what it says it replaced. */
  put(key: string, value: string, revision: number, { previous, leaseId }: { previous?: SeenEntry; leaseId?: string } = {}): SeenEntry {
    this.txn([], [{ type: 'put', key, value, leaseId }], { succeeded: true, revision, seen: [previous ?? null] })
    const { createRevision = revision, version = 0 } = previous ?? {}
    return entry(key, value, revision, { createRevision, version: version + 1, leaseId })
  }

  /** A deletion that was answered. */
  remove(previous: SeenEntry, revision: number): void {
    this.txn([], [{ type: 'delete', key: previous.key }], { succeeded: true, revision, seen: [previous] })
  }

  txn(compares: readonly Compare[], operations: readonly SeenOperation[], answer: Omit<Extract<CallAnswer, { op: 'txn' }>, 'op'>): void {
    this.call({ op: 'txn', compares, operations }, { op: 'txn', ...answer })
  }

  /** A put of unknown outcome. */
  lose(...operations: readonly SeenOperation[]): void {
    this.begin({ op: 'txn', compares: [], operations })
  }

  get(key: string, shown?: SeenEntry): void {
    this.call({ op: 'get', key }, shown === undefined ? { op: 'get' } : { op: 'get', entry: shown })
  }

  range(range: RangeRequest, revision: number, entries: readonly SeenEntry[], remaining = 0): void {
    this.call({ op: 'range', range }, { op: 'range', entries, revision, remaining })
  }

  currentRevision(revision: number): void {
    this.call({ op: 'currentRevision' }, { op: 'currentRevision', revision })
  }

  compact(revision: number): void {
    this.call({ op: 'compact', revision }, { op: 'compact' })
  }

  grant(leaseId: string, ttlMs: number): void {
    this.call({ op: 'grantLease', ttlMs }, { op: 'grantLease', leaseId, ttlMs })
  }

  restart(): void {
    this.records.push({ type: 'restart', atMs: this.#nowMs, why: 'killed' })
  }

  watch(request: WatchRequest): string {
    const id = String(++this.#ids)
    this.records.push({ type: 'watch', id, client: 'c', atMs: this.#nowMs, request })
    return id
  }

  batch(id: string, revision: number, ...events: readonly SeenEvent[]): void {
    this.records.push({ type: 'batch', id, atMs: this.#nowMs, events, revision })
  }

  endWatch(id: string, reason: StoreErrorReason): void {
    this.records.push({ type: 'watch-end', id, atMs: this.#nowMs, reason })
  }

  stuck(id: string, revision: number): void {
    this.records.push({ type: 'stuck', id, atMs: this.#nowMs, revision })
  }
}
