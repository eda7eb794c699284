/**
 * The log of a store as its clients could reconstruct it: which write took effect under which revision.
 *
 * A write that was answered names its revision. One of unknown outcome is in the log, whole, if anything of it was seen, under the revision it
 * was seen with; else it is not. What was deleted by no write must have hung on a lease. Everything else that was seen is `unwritten`.
 */
import type { Call, CallHistory } from './call.ts'
import type { CallRequest, SeenEntry } from './history.ts'
import { type DeleteSighting, deleteSightings, type EntrySighting, entrySightings } from './sighting.ts'
import type { Violation } from './violation.ts'
import { WholeView } from './whole-view.ts'

/** A transaction that a client asked for. */
export type TxnCall = Call & { readonly request: TxnRequest }
type TxnRequest = Extract<CallRequest, { op: 'txn' }>

/** What took effect under one revision: a transaction, or the end of a lease. */
export type LogRecord = {
  readonly revision: number
  readonly txn: TxnCall | undefined
  readonly leaseId: string | undefined
  /** The keys seen deleted with the lease. */
  readonly deleted: readonly string[]
  /** Where it is first known from. */
  readonly seenAt: number
  readonly seenMs: number
}

/** The log in order of revision, and what cannot be brought in order. */
export type WriteLog = {
  readonly records: readonly LogRecord[]
  /** Writes of unknown outcome of which nothing was ever seen. */
  readonly unplaced: readonly TxnCall[]
  readonly violations: readonly Violation[]
}

/** Reconstructs the log. */
export function writeLogOf(history: CallHistory): WriteLog {
  const builder = new LogBuilder(history.calls.filter(isTxn), new WholeView(history))
  builder.placeAnswered()
  for (const sighting of entrySightings(history)) builder.placePut(sighting)
  const deletes = Map.groupBy(deleteSightings(history), ({ event }) => event.revision)
  for (const sightings of deletes.values()) builder.placeDeletes(sightings)
  return builder.finish()
}

/** Whether the answer to a transaction says that it changed something. */
export function hasEffect(call: TxnCall): boolean {
  const answer = answerOf(call)
  if (answer?.succeeded !== true) return false
  return call.request.operations.some(({ type }, i) => type === 'put' || (answer.seen[i] ?? null) !== null)
}

/** What a transaction was told, if it was. */
export function answerOf({ outcome }: TxnCall) {
  return outcome.type === 'answer' && outcome.answer.op === 'txn' ? outcome.answer : undefined
}

/** Whether the call is a transaction. */
export function isTxn(call: Call): call is TxnCall {
  return call.request.op === 'txn'
}

class LogBuilder {
  readonly #txns: readonly TxnCall[]
  readonly #records = new Map<number, LogRecord>()
  readonly #revisions = new Map<TxnCall, number>()
  readonly #writers: ReadonlyMap<string, readonly TxnCall[]>
  /** What was complained of already, so that one wrong entry is told once. */
  readonly #told = new Set<string>()
  readonly #violations: Violation[] = []
  readonly #whole: WholeView

  constructor(txns: readonly TxnCall[], whole: WholeView) {
    this.#txns = txns
    this.#whole = whole
    this.#writers = writersOf(txns)
  }

  placeAnswered(): void {
    for (const call of this.#txns) {
      const answer = answerOf(call)
      if (answer === undefined || !hasEffect(call)) continue
      const other = this.#records.get(answer.revision)
      if (other === undefined) this.#place(call, answer.revision, call.returnedAt, call.returnedMs)
      else {
        const story = `revision ${answer.revision} was given to ${nameOf(call)} and before to ${nameOf(other.txn)}`
        this.#violations.push({ rule: 'revision-reused', at: call.returnedAt, story })
      }
    }
  }

  /** Finds the write that an entry comes from. */
  placePut({ entry, at, where }: EntrySighting): void {
    const { key, value, modRevision } = entry
    const writers = this.#writers.get(writeKey(key, value)) ?? []
    const writer =
      writers.find((call) => this.#revisions.get(call) === modRevision) ??
      writers.find((call) => call.outcome.type === 'unknown' && call.invokedAt < at && !this.#revisions.has(call))
    const record = this.#records.get(modRevision)
    if (writer !== undefined && record?.txn === writer) return
    if (writer !== undefined && record === undefined) return this.#place(writer, modRevision, at, Number.NaN)
    this.#complain(entry, at, where, writers, record)
  }

  /** Finds the write, or the lease, that the deletions of one revision come from. */
  placeDeletes(sightings: readonly DeleteSighting[]): void {
    const [first] = sightings
    if (first === undefined) return
    const { revision } = first.event
    const keys = [...new Set(sightings.map(({ event }) => event.key))]
    const record = this.#records.get(revision)
    if (record === undefined) return this.#placeUnexplained(keys, revision, sightings)
    for (const { event, at } of sightings) {
      if (record.txn !== undefined && deletes(record.txn, event.key)) continue
      const story = `${event.key} is shown deleted under revision ${revision}, which was ${nameOf(record.txn)} and does not delete it`
      this.#tell({ rule: 'unwritten', at, story }, `delete ${event.key} ${revision}`)
    }
  }

  finish(): WriteLog {
    const records = [...this.#records.values()].toSorted((a, b) => a.revision - b.revision)
    const unplaced = this.#txns.filter((call) => call.outcome.type === 'unknown' && !this.#revisions.has(call))
    return { records, unplaced, violations: this.#violations }
  }

  #placeUnexplained(keys: readonly string[], revision: number, sightings: readonly DeleteSighting[]): void {
    const firstAt = Math.min(...sightings.map(({ at }) => at))
    const firstMs = Math.min(...sightings.map(({ atMs }) => atMs))
    const candidates = this.#txns.filter(
      (call) =>
        call.outcome.type === 'unknown' &&
        !this.#revisions.has(call) &&
        call.invokedAt < firstAt &&
        keys.every((key) => deletes(call, key)) &&
        this.#couldBeAll(call, keys, revision) &&
        sightings.every(({ event }) => expects(call, event.key, event.previous)),
    )
    const [writer] = candidates.toSorted((a, b) => a.request.operations.length - b.request.operations.length)
    if (writer !== undefined) return this.#place(writer, revision, firstAt, firstMs)
    const leaseId = sightings[0]?.event.previous.leaseId
    if (leaseId !== undefined && sightings.every(({ event }) => event.previous.leaseId === leaseId)) {
      this.#records.set(revision, { revision, txn: undefined, leaseId, deleted: keys, seenAt: firstAt, seenMs: firstMs })
      return
    }
    const story = `${keys.join(', ')} is shown deleted under revision ${revision}, but nobody deleted it`
    this.#violations.push({ rule: 'unwritten', at: firstAt, story })
  }

  /** Whether the transaction could have done this and no more: all puts that were seen are placed by now, so it cannot be one with puts. */
  #couldBeAll(call: TxnCall, keys: readonly string[], revision: number): boolean {
    if (!this.#whole.has(revision)) return true
    return call.request.operations.every(
      ({ type, key }) => type === 'delete' && (keys.includes(key) || !this.#whole.wasThere(key, revision)),
    )
  }

  #place(txn: TxnCall, revision: number, seenAt: number, seenMs: number): void {
    this.#records.set(revision, { revision, txn, leaseId: undefined, deleted: [], seenAt, seenMs })
    this.#revisions.set(txn, revision)
  }

  #complain(entry: SeenEntry, at: number, where: string, writers: readonly TxnCall[], record: LogRecord | undefined): void {
    const { key, value, modRevision } = entry
    const shown = `${where} shows ${key} with ${JSON.stringify(value)} of revision ${modRevision}`
    const told = `${key} ${value} ${modRevision}`
    const placed = writers.find((call) => this.#revisions.has(call))
    const refused = writers.find((call) => call.outcome.type !== 'unknown' && !this.#revisions.has(call))
    if (placed !== undefined) {
      const story = `${shown}, but ${nameOf(placed)} wrote that under revision ${this.#revisions.get(placed)}`
      this.#tell({ rule: 'written-twice', at, story }, told)
    } else if (refused !== undefined) {
      this.#tell({ rule: 'refused-write', at, story: `${shown}, but ${nameOf(refused)} was refused` }, told)
    } else if (record !== undefined) {
      this.#tell({ rule: 'unwritten', at, story: `${shown}, but that revision was ${nameOf(record.txn)}` }, told)
    } else {
      this.#tell({ rule: 'unwritten', at, story: `${shown}, but nobody had written that` }, told)
    }
  }

  #tell(violation: Violation, subject: string): void {
    if (this.#told.has(subject)) return
    this.#told.add(subject)
    this.#violations.push(violation)
  }
}

function writersOf(txns: readonly TxnCall[]): Map<string, TxnCall[]> {
  const writers = new Map<string, TxnCall[]>()
  for (const call of txns) {
    for (const operation of call.request.operations) {
      if (operation.type === 'delete') continue
      const key = writeKey(operation.key, operation.value)
      const others = writers.get(key)
      if (others === undefined) writers.set(key, [call])
      else others.push(call)
    }
  }
  return writers
}

function writeKey(key: string, value: string): string {
  return `${key}\u0000${value}`
}

function deletes(call: TxnCall, key: string): boolean {
  return call.request.operations.some((operation) => operation.type === 'delete' && operation.key === key)
}

function expects(call: TxnCall, key: string, previous: SeenEntry): boolean {
  return call.request.compares.every((compare) => compare.key !== key || compare.modRevision === previous.modRevision)
}

function nameOf(call: TxnCall | undefined): string {
  return call === undefined ? 'the end of a lease' : `transaction ${call.id}`
}
