/** Judges what clients saw in a run. */
import { checkHistory } from '#store/history/check'
import type { LeaseTolerance } from '#store/history/lease-check'
import { describe } from '#store/history/violation'
import type { RecordedRun } from './recorded-run.ts'

/** What else is known about the run. */
export type CheckOptions = LeaseTolerance & {
  /** The store is short of room at times, and then compacts by itself. */
  readonly compactsItself?: boolean
}

/** Throws with the promises that were broken, if any was. */
export function checkRecordedRun(run: RecordedRun, { compactsItself = false, ...tolerance }: CheckOptions = {}): void {
  const violations = checkHistory(run.history, tolerance).filter(({ rule }) => !(compactsItself && rule === 'wrongly-compacted'))
  if (violations.length > 0) throw new Error(`${violations.length} promises were broken\n${describe(violations)}`)
}
