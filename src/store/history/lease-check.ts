/** What leases promise: keys live as long as their lease, a lease as long as it was granted or kept alive, and not much longer. */
import type { Call, CallHistory } from './call.ts'
import type { SeenEntry } from './history.ts'
import type { Violation } from './violation.ts'
import { answerOf, hasEffect, isTxn, type LogRecord, type WriteLog } from './write-log.ts'

/** How exact times are. */
export type LeaseTolerance = {
  /** How long after its end a lease's keys may be there; without it, that is not checked. */
  readonly latenessMs?: number
  /** How far the store's clock and the observer's may run apart in the life of a lease. */
  readonly skewMs?: number
}

/** A lease's life, as clients know it. */
type Life = { readonly id: string; readonly ttlMs: number; readonly starts: Call[]; readonly revocations: Call[] }

/** Checks every lease that was granted in the history. */
export function checkLeases(history: CallHistory, log: WriteLog, tolerance: LeaseTolerance): Violation[] {
  const lives = livesOf(history.calls)
  return [
    ...lives.values().flatMap((life) => earlyDeaths(life, history, log, tolerance)),
    ...history.calls.flatMap((call) => entriesNow(call).flatMap((entry) => lateEntry(entry, call, { lives, history, tolerance }))),
    ...history.calls.flatMap((call) => writesUnderRevoked(call, lives)),
    ...splitDeaths(log),
  ]
}

function livesOf(calls: readonly Call[]): Map<string, Life> {
  const lives = new Map<string, Life>()
  for (const call of calls) {
    const { outcome } = call
    if (outcome.type !== 'answer' || outcome.answer.op !== 'grantLease') continue
    const { leaseId, ttlMs } = outcome.answer
    lives.set(leaseId, { id: leaseId, ttlMs, starts: [call], revocations: [] })
  }
  for (const call of calls) {
    if (call.outcome.type === 'refusal') continue
    if (call.request.op === 'keepLeaseAlive') lives.get(call.request.leaseId)?.starts.push(call)
    if (call.request.op === 'revokeLease') lives.get(call.request.leaseId)?.revocations.push(call)
  }
  return lives
}

/** Signs that the lease is dead though, as it was granted or kept alive, it must live. */
function earlyDeaths(life: Life, history: CallHistory, log: WriteLog, { skewMs = 0 }: LeaseTolerance): Violation[] {
  const { id, ttlMs } = life
  const violations: Violation[] = []
  const judge = (at: number, atMs: number, starts: readonly Call[], what: string): void => {
    if (life.revocations.some(({ invokedAt }) => invokedAt < at)) return
    const startMs = Math.max(...starts.filter(({ outcome }) => outcome.type === 'answer').map(({ invokedMs }) => invokedMs))
    if (atMs >= startMs + ttlMs - skewMs) return
    const story = `${what} after ${Math.round(atMs - startMs)} ms; lease ${id} was to live for ${ttlMs} ms and nobody had revoked it`
    violations.push({ rule: 'lease-early', at, story })
  }
  for (const { leaseId, seenAt, seenMs, revision } of log.records) {
    // A lease kept alive with success was alive then, whenever its death is seen.
    if (leaseId === id) judge(seenAt, seenMs, life.starts, `its keys were deleted under revision ${revision}`)
  }
  for (const call of history.calls) {
    if (call.outcome.type !== 'refusal' || call.outcome.reason !== 'LeaseNotFound' || !uses(call, id)) continue
    const starts = life.starts.filter(({ returnedAt }) => returnedAt < call.invokedAt)
    if (starts.length > 0) judge(call.returnedAt, call.returnedMs, starts, `call ${call.id} did not find it`)
  }
  return violations
}

type Lives = { readonly lives: ReadonlyMap<string, Life>; readonly history: CallHistory; readonly tolerance: LeaseTolerance }

/** An entry that is shown though its lease is over. */
function lateEntry({ key, leaseId }: SeenEntry, call: Call, { lives, history, tolerance }: Lives): Violation[] {
  const life = leaseId === undefined ? undefined : lives.get(leaseId)
  if (life === undefined) return []
  const at = call.returnedAt
  if (life.revocations.some(({ outcome, returnedAt }) => outcome.type === 'answer' && returnedAt < call.invokedAt)) {
    return [{ rule: 'lease-revoked', at, story: `call ${call.id} shows ${key} of lease ${leaseId}, which had been revoked` }]
  }
  if (tolerance.latenessMs === undefined) return []
  const startMs = Math.max(...life.starts.map(({ returnedMs }) => returnedMs), ...history.restartsMs.map((ms) => resumedMs(history, ms)))
  const lateMs = call.invokedMs - startMs - life.ttlMs
  if (lateMs <= tolerance.latenessMs + (tolerance.skewMs ?? 0)) return []
  return [{ rule: 'lease-late', at, story: `call ${call.id} shows ${key}, ${Math.round(lateMs)} ms after the end of lease ${leaseId}` }]
}

/** When the first call after a restart was answered: by then every lease had its time anew. */
function resumedMs({ calls }: CallHistory, restartMs: number): number {
  const answered = calls.filter(({ invokedMs, outcome }) => invokedMs > restartMs && outcome.type === 'answer')
  return Math.min(...answered.map(({ returnedMs }) => returnedMs))
}

/** A write that was made under a lease after its revocation was answered. */
function writesUnderRevoked(call: Call, lives: ReadonlyMap<string, Life>): Violation[] {
  if (!isTxn(call) || answerOf(call) === undefined || !hasEffect(call)) return []
  return call.request.operations.flatMap((operation): Violation[] => {
    const life = operation.type === 'put' && operation.leaseId !== undefined ? lives.get(operation.leaseId) : undefined
    const revoked = life?.revocations.some(({ outcome, returnedAt }) => outcome.type === 'answer' && returnedAt < call.invokedAt) ?? false
    const story = `call ${call.id} could write ${operation.key} under lease ${life?.id}, which had been revoked`
    return revoked ? [{ rule: 'lease-revoked', at: call.returnedAt, story }] : []
  })
}

/** A lease ends once, with all its keys; only very many need more than one revision. */
function splitDeaths({ records }: WriteLog): Violation[] {
  const ends = records.filter(({ leaseId }) => leaseId !== undefined)
  const byLease = Map.groupBy(ends, ({ leaseId }) => leaseId)
  return [...byLease].flatMap(([leaseId, [first, second]]: [string | undefined, LogRecord[]]): Violation[] => {
    if (first === undefined || second === undefined || first.deleted.length >= keysPerRevisionMin) return []
    const story = `the keys of lease ${leaseId} were deleted under the revisions ${first.revision} and ${second.revision}`
    return [{ rule: 'lease-split', at: second.seenAt, story }]
  })
}

/** So many keys, at least, must go under one revision. */
const keysPerRevisionMin = 100

/** The entries that a read of the newest state shows. */
function entriesNow({ request, outcome }: Call): readonly SeenEntry[] {
  if (outcome.type !== 'answer') return []
  if (outcome.answer.op === 'get') return outcome.answer.entry === undefined ? [] : [outcome.answer.entry]
  if (outcome.answer.op === 'range' && request.op === 'range' && request.range.atRevision === undefined) return outcome.answer.entries
  return []
}

function uses({ request }: Call, leaseId: string): boolean {
  if (request.op === 'keepLeaseAlive' || request.op === 'revokeLease') return request.leaseId === leaseId
  return request.op === 'txn' && request.operations.some((operation) => operation.type === 'put' && operation.leaseId === leaseId)
}
