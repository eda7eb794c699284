/** What the status of a job has to keep: its conditions, times and counters have to tell one story (upstream: ValidateJobUpdateStatus). */
import { isConditionTrue } from '#meta/conditions'
import { type FieldErrors, FieldPath, invalid, invalidTogether, required } from '#meta/field-path'
import { validateNotNegative } from '../number-validation.ts'
import type { Job, JobSpec, JobStatus } from './types.gen.ts'

const at = FieldPath.of('status')
const conditions = at.field('conditions')

export function* validateJobStatus({ status: next }: Job, { status: old, spec }: Job): FieldErrors {
  const { active, succeeded, failed, ready, terminating } = next
  for (const [field, value] of Object.entries({ active, succeeded, failed, ready, terminating })) {
    yield* validateNotNegative(value, at.field(field))
  }
  yield* validateConditions(next)
  yield* validateTimes(next)
  yield* validateEnd(next)
  yield* validateIndexes(next, old, spec)
  const isCountMoved = next.ready !== old.ready || next.active !== old.active
  if (isCountMoved && (ready ?? 0) > (active ?? 0)) yield invalid(at.field('ready'), ready, 'cannot set more ready pods than active')
  yield* validateCriteria(next)
  yield* validateKeptConditions(next, old)
  const isStartMoved = next.startTime !== undefined && old.startTime !== undefined && next.startTime !== old.startTime
  if (isStartMoved && spec.suspend !== true) {
    yield invalid(at.field('startTime'), next.startTime, 'field is immutable for unsuspended job once set')
  }
  if (old.completionTime !== undefined && next.completionTime !== undefined && next.completionTime !== old.completionTime) {
    yield invalid(at.field('completionTime'), next.completionTime, 'field is immutable')
  }
  for (const counter of ['failed', 'succeeded'] as const) {
    // As upstream: an indexed job may have fewer indexes later.
    if (counter === 'succeeded' && spec.completionMode === 'Indexed') continue
    const value = next[counter] ?? 0
    if (value < (old[counter] ?? 0)) yield invalid(at.field(counter), value, `cannot decrease the ${counter} counter`)
  }
}

function* validateConditions(status: JobStatus): FieldErrors {
  if (!holds(status, 'Complete')) return
  if (holds(status, 'Failed')) yield invalidTogether(conditions, 'cannot set Complete=True and Failed=true conditions')
  if (holds(status, 'FailureTarget')) yield invalidTogether(conditions, 'cannot set Complete=True and FailureTarget=true conditions')
}

function* validateTimes(status: JobStatus): FieldErrors {
  const { completionTime, startTime } = status
  const completion = at.field('completionTime')
  const isComplete = holds(status, 'Complete')
  if (completionTime !== undefined && !isComplete) {
    yield invalid(completion, completionTime, 'cannot set completionTime when there is no Complete=True condition')
  }
  if (completionTime === undefined && isComplete) yield required(completion, 'completionTime is required for Complete jobs')
  if (completionTime !== undefined && startTime !== undefined && Date.parse(completionTime) < Date.parse(startTime)) {
    yield invalid(completion, completionTime, 'must be equal to or after `startTime`')
  }
}

/** A job that is over has announced it, and nothing of it is left. */
function* validateEnd(status: JobStatus): FieldErrors {
  const isFailed = holds(status, 'Failed')
  const isComplete = holds(status, 'Complete')
  if (isFailed && !holds(status, 'FailureTarget')) {
    yield invalidTogether(conditions, 'cannot set Failed=True condition without the FailureTarget=true condition')
  }
  if (isComplete && !holds(status, 'SuccessCriteriaMet')) {
    yield invalidTogether(conditions, 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition')
  }
  if (!isFailed && !isComplete) return
  const { active = 0, terminating = 0, startTime, uncountedTerminatedPods = {} } = status
  if (active > 0) yield invalid(at.field('active'), active, 'active>0 is invalid for finished job')
  if (terminating > 0) yield invalid(at.field('terminating'), terminating, 'terminating>0 is invalid for finished job')
  if (startTime === undefined) yield required(at.field('startTime'), 'startTime is required for finished job')
  const { succeeded = [], failed = [] } = uncountedTerminatedPods
  if (succeeded.length + failed.length > 0) {
    const field = at.field('uncountedTerminatedPods')
    yield invalid(field, { Succeeded: succeeded, Failed: failed }, 'uncountedTerminatedPods needs to be empty for finished job')
  }
}

/** Only what changes is refused. */
function* validateIndexes({ completedIndexes = '', failedIndexes }: JobStatus, old: JobStatus, spec: JobSpec): FieldErrors {
  if (completedIndexes !== (old.completedIndexes ?? '') && completedIndexes !== '' && spec.completionMode !== 'Indexed')
    yield invalid(at.field('completedIndexes'), completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode')
  if (failedIndexes !== old.failedIndexes && failedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    yield invalid(at.field('failedIndexes'), failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null')
}

function* validateCriteria(status: JobStatus): FieldErrors {
  if (!holds(status, 'SuccessCriteriaMet')) return
  if (holds(status, 'Failed')) yield invalidTogether(conditions, 'cannot set SuccessCriteriaMet=True and Failed=true conditions')
  if (holds(status, 'FailureTarget'))
    yield invalidTogether(conditions, 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions')
}

function* validateKeptConditions(next: JobStatus, old: JobStatus): FieldErrors {
  for (const [type, what] of [
    ['Failed', 'terminal Failed'],
    ['Complete', 'terminal Complete'],
    ['FailureTarget', 'FailureTarget'],
    ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
  ] as const) {
    if (holds(old, type) && !holds(next, type)) yield invalidTogether(conditions, `cannot disable the ${what}=True condition`)
  }
}

function holds({ conditions: given }: JobStatus, type: string): boolean {
  return isConditionTrue(given, type)
}
