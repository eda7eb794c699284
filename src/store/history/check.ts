/**
 * Judges a history: the log is reconstructed from what clients were told, replayed, and every answer and every watch is compared with it.
 *
 * It is strict: whatever is not certain because nobody saw it is not judged, so that every violation is one. To be certain of keys that were
 * deleted by a lease, or by a write of unknown outcome, the history needs a watch of everything to its end, as a workload's run has it.
 */
import { intervalOf } from '../key-range.ts'
import type { KeyRange } from '../store.ts'
import { type CallHistory, callHistoryOf } from './call.ts'
import type { HistoryRecord } from './history.ts'
import { checkLeases, type LeaseTolerance } from './lease-check.ts'
import { checkOrder, previousFault } from './order-check.ts'
import { checkRegisters } from './register-check.ts'
import { Timeline } from './timeline.ts'
import type { Violation } from './violation.ts'
import { checkWatches } from './watch-check.ts'
import { answerOf, type LogRecord, type WriteLog, writeLogOf } from './write-log.ts'

/** All that is wrong with a history; nothing if the store kept its promises. The history begins with an empty store. */
export function checkHistory(records: readonly HistoryRecord[], tolerance: LeaseTolerance = {}): Violation[] {
  const history = callHistoryOf(records)
  const log = writeLogOf(history)
  const timeline = new Timeline()
  const replayed = log.records.flatMap((record) => replay(record, timeline))
  const isCertain = certainty(history, log)
  return [
    ...log.violations,
    ...replayed,
    ...checkOrder(history, { log, timeline, isCertain }),
    ...checkWatches(history, timeline),
    ...checkLeases(history, log, tolerance),
    ...checkRegisters(history),
  ]
}

/** Makes the changes of one revision; what its transaction compared and found must have been so. */
function replay(record: LogRecord, timeline: Timeline): Violation[] {
  const { txn, revision, seenAt } = record
  const violations: Violation[] = []
  const seen = txn && answerOf(txn)?.seen
  for (const [i, { key }] of (seen === undefined ? [] : (txn?.request.operations ?? [])).entries()) {
    const fault = previousFault(key, timeline.newest(key), seen?.[i] ?? undefined)
    if (fault !== undefined) violations.push({ rule: fault.rule, at: seenAt, story: `the answer to call ${txn?.id} ${fault.story}` })
  }
  const failed = timeline.append(record)
  if (failed !== undefined) {
    const story = `transaction ${txn?.id} took effect under revision ${revision}, though ${failed.key} was of revision ${failed.found?.modRevision ?? 0}`
    violations.push({ rule: 'compare', at: seenAt, story })
  }
  return violations
}

/** Tells for which ranges and revisions no deletion can have been missed. */
function certainty(history: CallHistory, log: WriteLog): (range: KeyRange, revision: number) => boolean {
  const doubtful = doubtfulKeys(log)
  const coveredTo = coverage(history, log)
  const isComplete = coveredTo >= newestKnown(history)
  return (range, revision) => {
    if (isComplete || revision <= coveredTo) return true
    const { from, to } = intervalOf(range)
    return !doubtful.some((key) => key >= from && (to === undefined || key < to))
  }
}

/** Keys that may be deleted without anyone being told but by a watch. */
function doubtfulKeys({ records, unplaced }: WriteLog): string[] {
  const keys = new Set<string>()
  for (const { request } of unplaced) for (const { type, key } of request.operations) if (type === 'delete') keys.add(key)
  for (const { txn } of records) {
    for (const operation of txn?.request.operations ?? []) {
      if (operation.type === 'put' && operation.leaseId !== undefined) keys.add(operation.key)
    }
  }
  return [...keys]
}

/** Up to which revision watches of everything tell all that happened. */
function coverage({ watches }: CallHistory, { records }: WriteLog): number {
  const keys = records.flatMap(({ txn, deleted }) => [...deleted, ...(txn?.request.operations.map(({ key }) => key) ?? [])])
  const seesAll = (prefix: string): boolean => prefix === '' || keys.every((key) => key.startsWith(prefix))
  const spans = watches
    .filter(({ request, batches }) => batches.length > 0 && seesAll(request.prefix))
    .map(({ request, batches }) => ({ from: request.afterRevision ?? batches[0]?.revision ?? 0, to: batches.at(-1)?.revision ?? 0 }))
    .toSorted((a, b) => a.from - b.from)
  let coveredTo = 0
  const first = records[0]?.revision ?? 0
  for (const { from, to } of spans) if (from <= Math.max(coveredTo, first - 1)) coveredTo = Math.max(coveredTo, to)
  return coveredTo
}

/** The highest revision that any call was told of. */
function newestKnown({ calls }: CallHistory): number {
  let newest = 0
  for (const { outcome } of calls) {
    if (outcome.type === 'answer' && 'revision' in outcome.answer) newest = Math.max(newest, outcome.answer.revision)
  }
  return newest
}
