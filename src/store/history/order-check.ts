/**
 * Strict serializability of all calls, with the revision as the order: every answer is what the log gives at some revision, and what was known
 * before a call began, to anyone, is not above that revision. Each call takes the least revision that fits; as every demand is of the form
 * "not before", that least choice fits if any does.
 */
import type { KeyRange } from '../store.ts'
import type { Call, CallHistory, WatchRun } from './call.ts'
import type { SeenEntry } from './history.ts'
import { entryFault, type Fault, pageFault } from './page-check.ts'
import { difference, lastAtOrBefore, type Timeline } from './timeline.ts'
import type { Violation } from './violation.ts'
import { answerOf, hasEffect, isTxn, type LogRecord, type TxnCall, type WriteLog } from './write-log.ts'

/** What the check stands on. */
export type OrderBase = {
  readonly log: WriteLog
  readonly timeline: Timeline
  /** Whether what lies in the range at the revision is known for certain. */
  readonly isCertain: (range: KeyRange, revision: number) => boolean
}

/** A call's revision, or why there is none. */
type Placement = { readonly revision: number | undefined; readonly fault?: Fault }

/** Something that happens at one record. */
type Step = { readonly at: number; readonly run: () => void }

/** Checks every call, and that nothing is told of a revision that nobody can have made. */
export function checkOrder(history: CallHistory, base: OrderBase): Violation[] {
  return new OrderCheck(history, base).run()
}

class OrderCheck {
  readonly #history: CallHistory
  readonly #base: OrderBase
  readonly #revisions: ReadonlyMap<Call, number>
  readonly #violations: Violation[] = []
  /** The highest revision that anyone knows. */
  #floor = 0
  /** The highest revision that anyone can have made. */
  #ceiling: number
  /** The highest revision whose compaction was answered, and the highest that was asked for. */
  #compacted = 0
  #compactionAsked = 0

  constructor(history: CallHistory, base: OrderBase) {
    this.#history = history
    this.#base = base
    this.#revisions = new Map(base.log.records.flatMap(({ txn, revision }) => (txn === undefined ? [] : [[txn, revision] as const])))
    this.#ceiling = (base.log.records[0]?.revision ?? Number.POSITIVE_INFINITY) - 1
  }

  run(): Violation[] {
    const steps = [
      ...this.#history.calls.flatMap((call) => this.#stepsOfCall(call)),
      ...this.#history.watches.flatMap((watch) => this.#stepsOfWatch(watch)),
      ...this.#base.log.records.flatMap((record) => this.#stepsOfLease(record)),
    ]
    for (const { run } of steps.toSorted((a, b) => a.at - b.at)) run()
    return this.#violations
  }

  #stepsOfCall(call: Call): Step[] {
    let placement: Placement = { revision: undefined }
    const begin = (): void => {
      const written = this.#revisions.get(call)
      if (written !== undefined) this.#ceiling = Math.max(this.#ceiling, written)
      if (call.request.op === 'compact') this.#compactionAsked = Math.max(this.#compactionAsked, call.request.revision)
      placement = this.#place(call)
      if (placement.fault !== undefined) this.#violate(call, placement.fault)
    }
    const end = (): void => this.#end(call, placement.revision)
    return [
      { at: call.invokedAt, run: begin },
      ...(call.returnedAt === Number.POSITIVE_INFINITY ? [] : [{ at: call.returnedAt, run: end }]),
    ]
  }

  #end(call: Call, revision: number | undefined): void {
    const { outcome, request } = call
    if (outcome.type === 'answer' && request.op === 'compact') this.#compacted = Math.max(this.#compacted, request.revision)
    if (outcome.type === 'refusal') this.#judgeRefusal(call, outcome.reason)
    if (revision !== undefined) this.#know(revision, call.returnedAt, `call ${call.id}`)
  }

  #stepsOfWatch(watch: WatchRun): Step[] {
    let floorAtOpen = 0
    const steps: Step[] = watch.batches.map(({ at, revision }) => ({ at, run: () => this.#know(revision, at, `watch ${watch.id}`) }))
    steps.push({ at: watch.openedAt, run: () => void (floorAtOpen = this.#floor) })
    if (watch.endedAt !== Number.POSITIVE_INFINITY) steps.push({ at: watch.endedAt, run: () => this.#judgeWatchEnd(watch, floorAtOpen) })
    return steps
  }

  /** The end of a lease may come at any time: it is possible from the beginning. */
  #stepsOfLease({ txn, revision }: LogRecord): Step[] {
    return txn === undefined ? [{ at: 0, run: () => void (this.#ceiling = Math.max(this.#ceiling, revision)) }] : []
  }

  #know(revision: number, at: number, who: string): void {
    if (revision > this.#ceiling) {
      const story = `${who} speaks of revision ${revision}; the newest that anyone can have made is ${this.#ceiling}`
      this.#violations.push({ rule: 'future-revision', at, story })
      return
    }
    this.#floor = Math.max(this.#floor, revision)
  }

  #violate(call: Call, { rule, story }: Fault): void {
    const at = call.returnedAt === Number.POSITIVE_INFINITY ? call.invokedAt : call.returnedAt
    this.#violations.push({ rule, at, story: `the answer to call ${call.id} (${call.request.op}) ${story}` })
  }

  /** Where in the order of revisions the call stands, seen at its beginning. */
  #place(call: Call): Placement {
    if (isTxn(call)) return this.#placeTxn(call)
    if (call.outcome.type !== 'answer') return { revision: undefined }
    const { answer } = call.outcome
    const { request } = call
    if (request.op === 'get' && answer.op === 'get') return this.#placeGet(request.key, answer.entry)
    if (request.op === 'count' && answer.op === 'count') return this.#placeCount(request.range, answer.count)
    if (request.op === 'range' && answer.op === 'range') return this.#placeRange(request.range, answer)
    if (answer.op === 'currentRevision') return this.#placeAt(answer.revision, undefined)
    return { revision: undefined }
  }

  #placeTxn(call: TxnCall): Placement {
    const revision = this.#revisions.get(call)
    if (revision !== undefined) {
      if (revision > this.#floor) return { revision }
      const story = `has revision ${revision}, though revision ${this.#floor} was known before the call began`
      return { revision, fault: { rule: 'revision-order', story } }
    }
    const answer = answerOf(call)
    if (answer === undefined || hasEffect(call)) return { revision: undefined }
    return this.#placeAt(answer.revision, this.#foundFault(call, answer))
  }

  /** A transaction that changed nothing is a read of its keys. */
  #foundFault(call: TxnCall, { succeeded, revision, seen }: NonNullable<ReturnType<typeof answerOf>>): Fault | undefined {
    const { timeline, isCertain } = this.#base
    const { compares, operations } = call.request
    if (compares.some(({ key }) => !isCertain({ from: key, to: `${key}\u0000` }, revision))) return undefined
    const holds = compares.map(({ key, modRevision }) => (timeline.entryAt(key, revision)?.modRevision ?? 0) === modRevision)
    if (succeeded && holds.includes(false)) return { rule: 'compare', story: `says that all comparisons held at revision ${revision}` }
    if (!succeeded && !holds.includes(false))
      return { rule: 'conflict', story: `is a conflict, though every comparison held at revision ${revision}` }
    for (const [i, { key }] of (succeeded ? operations : compares).entries()) {
      const fault = previousFault(key, timeline.entryAt(key, revision), seen[i] ?? undefined)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  #placeRange(range: Parameters<typeof pageFault>[0], page: Parameters<typeof pageFault>[1]): Placement {
    const { timeline, isCertain } = this.#base
    const { atRevision } = range
    if (atRevision !== undefined && page.revision !== atRevision) {
      return { revision: undefined, fault: { rule: 'page', story: `is of revision ${page.revision}; asked for was ${atRevision}` } }
    }
    if (atRevision !== undefined && atRevision < this.#compacted) {
      const story = `shows revision ${atRevision}, though revision ${this.#compacted} had been compacted before`
      return { revision: undefined, fault: { rule: 'compacted-read', story } }
    }
    const whole = timeline.rangeAt(range, page.revision, range.afterKey)
    const fault = isCertain(range, page.revision) ? pageFault(range, page, { whole, timeline }) : undefined
    return atRevision === undefined ? this.#placeAt(page.revision, fault) : { revision: page.revision, fault }
  }

  /** A read of the newest state that names its revision. */
  #placeAt(revision: number, fault: Fault | undefined): Placement {
    if (fault !== undefined || revision >= this.#floor) return { revision, fault }
    const story = `is of revision ${revision}, though revision ${this.#floor} was known before the call began`
    return { revision, fault: { rule: 'stale-read', story } }
  }

  /** The first revision, not before what is known, at which the key was as shown. */
  #placeGet(key: string, shown: SeenEntry | undefined): Placement {
    const { timeline, isCertain } = this.#base
    if (!isCertain({ from: key, to: `${key}\u0000` }, Number.POSITIVE_INFINITY)) return { revision: shown?.modRevision }
    const states = [{ from: 0, entry: undefined }, ...timeline.statesOf(key)]
    for (let i = Math.max(0, lastAtOrBefore(states, this.#floor)); i < states.length; i++) {
      const state = states[i]
      if (state !== undefined && difference(state.entry, shown) === undefined) return { revision: Math.max(state.from, this.#floor) }
    }
    const held = states[lastAtOrBefore(states, this.#floor)]
    const was = states.some(({ entry }) => difference(entry, shown) === undefined)
    return { revision: undefined, fault: getFault(key, { held, was, shown }) }
  }

  #placeCount(range: KeyRange, count: number): Placement {
    const { timeline, isCertain } = this.#base
    if (!isCertain(range, Number.POSITIVE_INFINITY)) return { revision: undefined }
    const steps = timeline.countsOf(range)
    const first = Math.max(0, lastAtOrBefore(steps, this.#floor))
    const step = steps.slice(first).find((candidate) => candidate.count === count)
    if (step !== undefined) return { revision: Math.max(step.from, this.#floor) }
    const story = `is ${count}; since revision ${this.#floor}, known before, it has never been so (${steps[first]?.count} then)`
    return { revision: undefined, fault: { rule: 'count', story } }
  }

  #judgeRefusal(call: Call, reason: string): void {
    const { request } = call
    if (request.op !== 'range' || request.range.atRevision === undefined) return
    const { atRevision } = request.range
    if (reason === 'Compacted' && atRevision >= this.#compactionAsked) {
      const story = `is that revision ${atRevision} is compacted, though nobody had compacted beyond ${this.#compactionAsked}`
      this.#violate(call, { rule: 'wrongly-compacted', story })
    }
    if (reason === 'FutureRevision' && atRevision <= this.#floor) {
      this.#violate(call, { rule: 'wrongly-future', story: `is that revision ${atRevision} is not there yet, though it is known` })
    }
  }

  #judgeWatchEnd({ id, request, batches, endedAt, endReason }: WatchRun, floorAtOpen: number): void {
    const reached = batches.at(-1)?.revision ?? request.afterRevision
    if (reached === undefined) return
    if (endReason === 'Compacted' && reached >= this.#compactionAsked) {
      const story = `watch ${id} had come to revision ${reached} and ended as compacted, though nobody had compacted beyond ${this.#compactionAsked}`
      this.#violations.push({ rule: 'wrongly-compacted', at: endedAt, story })
    }
    if (endReason === 'FutureRevision' && reached <= floorAtOpen) {
      const story = `watch ${id} is told that revision ${reached} is not there yet, though it was known before`
      this.#violations.push({ rule: 'wrongly-future', at: endedAt, story })
    }
  }
}

/** What a transaction says it found under a key, against what was there. */
export function previousFault(key: string, was: SeenEntry | undefined, seen: SeenEntry | undefined): Fault | undefined {
  const field = difference(seen, was)
  if (field === undefined) return undefined
  return { rule: 'previous', story: `says it found ${key} ${inWords(seen)}; it was ${inWords(was)}` }
}

function getFault(
  key: string,
  { held, was, shown }: { held: { from: number; entry: SeenEntry | undefined } | undefined; was: boolean; shown: SeenEntry | undefined },
): Fault {
  if (was) {
    const story = `shows ${key} ${inWords(shown)}, though it was known before the call began that revision ${held?.from} had changed it`
    return { rule: 'stale-read', story }
  }
  const entry = held?.entry
  if (shown !== undefined && entry?.modRevision === shown.modRevision) {
    return entryFault(entry, shown, shown.modRevision) ?? { rule: 'entry', story: `shows ${key} as it never was` }
  }
  return { rule: 'entry', story: `shows ${key} ${inWords(shown)}, as it never was` }
}

function inWords(entry: SeenEntry | undefined): string {
  if (entry === undefined) return 'absent'
  const { value, modRevision, createRevision, version } = entry
  return `as ${JSON.stringify(value)} (revision ${modRevision}, created ${createRevision}, version ${version})`
}
