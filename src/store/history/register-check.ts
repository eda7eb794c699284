/**
 * The store as registers, one for each key: gets and transactions are checked for linearizability without trusting revisions as an order.
 * Keys that lie together in a transaction are one part, with one order; other parts are searched each for itself.
 */
import type { Call, CallHistory } from './call.ts'
import type { SeenEntry } from './history.ts'
import { type Step, searchOrder } from './linearizability.ts'
import { entrySightings } from './sighting.ts'
import type { Violation } from './violation.ts'
import { answerOf, isTxn, type TxnCall } from './write-log.ts'

/** What is under each key of a part: the write that put it there, or nothing. */
type Registers = ReadonlyMap<string, string>

/** Steps after which a part is given up: far more than histories with different values need. */
const stepsMax = 500_000

/** Checks the gets and transactions of a history. A part that cannot be decided is not complained of. */
export function checkRegisters(history: CallHistory): Violation[] {
  const violations: Violation[] = []
  const revisions = seenRevisions(history)
  for (const calls of partsOf(history.calls)) {
    const steps = calls.flatMap((call) => stepsOf(call, revisions))
    const verdict = searchOrder<Registers>(steps, new Map(), { keyOf, stepsMax })
    if (verdict.type !== 'illegal') continue
    const story = `there is no order of the calls in which ${verdict.name} can have been answered as it was`
    violations.push({ rule: 'not-linearizable', at: verdict.at, story })
  }
  return violations
}

function keyOf(registers: Registers): string {
  return [...registers].toSorted(([a], [b]) => (a < b ? -1 : 1)).join(' ')
}

/** Calls that share keys, directly or by way of others. */
function partsOf(calls: readonly Call[]): Call[][] {
  const parents = new Map<string, string>()
  const root = (key: string): string => {
    let at = key
    for (let up = parents.get(at); up !== undefined && up !== at; up = parents.get(at)) at = up
    return at
  }
  const touching = calls.filter((call) => keysOf(call).length > 0)
  for (const call of touching) {
    const [first = '', ...others] = keysOf(call)
    for (const key of others) parents.set(root(key), root(first))
  }
  return [...Map.groupBy(touching, (call) => root(keysOf(call)[0] ?? '')).values()]
}

function keysOf(call: Call): string[] {
  if (call.request.op === 'get') return call.outcome.type === 'answer' ? [call.request.key] : []
  if (!isTxn(call) || call.outcome.type === 'refusal') return []
  return [...call.request.compares, ...call.request.operations].map(({ key }) => key)
}

/** Under which revision each value was seen: what a write of unknown outcome was given. */
function seenRevisions(history: CallHistory): Map<string, number> {
  const revisions = new Map<string, number>()
  for (const { entry } of entrySightings(history)) revisions.set(`${entry.key} ${entry.value}`, entry.modRevision)
  return revisions
}

function stepsOf(call: Call, revisions: ReadonlyMap<string, number>): Step<Registers>[] {
  const { invokedAt, returnedAt, outcome, request } = call
  if (request.op === 'get' && outcome.type === 'answer' && outcome.answer.op === 'get') {
    const shown = mark(outcome.answer.entry)
    const apply = (registers: Registers) => (markAt(registers, request.key) === shown ? registers : undefined)
    return [{ name: `call ${call.id} (get ${request.key})`, keys: [request.key], invokedAt, returnedAt, apply }]
  }
  if (!isTxn(call)) return []
  if (outcome.type === 'unknown' && !canMatter(call, revisions)) return []
  const name = `transaction ${call.id}`
  const write: Step<Registers> = {
    name,
    keys: keysOf(call),
    invokedAt,
    returnedAt,
    apply: (registers) => applyTxn(call, registers, revisions),
  }
  return [write, ...expiriesOf(call, revisions)]
}

/** A write of unknown outcome of which nothing was seen can be left out, unless it may have deleted something. */
function canMatter({ request }: TxnCall, revisions: ReadonlyMap<string, number>): boolean {
  return request.operations.some((operation) => operation.type === 'delete' || revisions.has(`${operation.key} ${operation.value}`))
}

/** What a write put under a lease may be gone at any time after. */
function expiriesOf(call: TxnCall, revisions: ReadonlyMap<string, number>): Step<Registers>[] {
  return call.request.operations.flatMap((operation) => {
    if (operation.type === 'delete' || operation.leaseId === undefined) return []
    const { key, value } = operation
    const put = `${revisionOf(call, key, value, revisions)} ${value}`
    const apply = (registers: Registers): Registers => (markAt(registers, key) === put ? withKey(registers, key, undefined) : registers)
    return [
      {
        name: `the end of lease ${operation.leaseId}`,
        keys: [key],
        invokedAt: call.invokedAt,
        returnedAt: Number.POSITIVE_INFINITY,
        apply,
      },
    ]
  })
}

function applyTxn(call: TxnCall, registers: Registers, revisions: ReadonlyMap<string, number>): Registers | undefined {
  const { compares, operations } = call.request
  const answer = answerOf(call)
  const holds = compares.every(({ key, modRevision }) => revisionAt(registers, key) === modRevision)
  if (answer !== undefined) {
    if (answer.succeeded !== holds) return undefined
    const found = answer.succeeded ? operations : compares
    if (found.some(({ key }, i) => mark(answer.seen[i] ?? undefined) !== markAt(registers, key))) return undefined
  }
  if (!holds) return registers
  let next = registers
  for (const operation of operations) {
    const { key } = operation
    const put = operation.type === 'put' ? `${revisionOf(call, key, operation.value, revisions)} ${operation.value}` : undefined
    next = withKey(next, key, put)
  }
  return next
}

function revisionOf(call: TxnCall, key: string, value: string, revisions: ReadonlyMap<string, number>): number | string {
  return answerOf(call)?.revision ?? revisions.get(`${key} ${value}`) ?? `unseen-${call.id}`
}

function withKey(registers: Registers, key: string, put: string | undefined): Registers {
  const next = new Map(registers)
  if (put === undefined) next.delete(key)
  else next.set(key, put)
  return next
}

function markAt(registers: Registers, key: string): string {
  return registers.get(key) ?? ''
}

function revisionAt(registers: Registers, key: string): number {
  return Number(markAt(registers, key).split(' ', 1)[0] ?? 0)
}

function mark(entry: SeenEntry | undefined): string {
  return entry === undefined ? '' : `${entry.modRevision} ${entry.value}`
}
