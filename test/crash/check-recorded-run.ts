/** Judges a history by all checkers. */
import type { RecordedRun } from './recorded-run.ts'
import type { Figures } from './scenario.ts'

export function checkRecordedRun(_run: RecordedRun): Figures {
  return {}
}
