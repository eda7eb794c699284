/** Whether a job has come to its end, and why: what it failed by, or what it succeeded by. Pure. */
import type { Job } from '#kinds/batch/job.kind'
import type { JobCondition, SuccessPolicyRule } from '#kinds/batch/types.gen'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { conditionOf } from '#meta/conditions'
import { failureActionOf } from './failure-policy.ts'
import { countOf, overlapCount, parseIndexes } from './indexes.ts'
import { hasFailed } from './job-pod.ts'
import type { IndexView, JobView } from './observe.ts'

/** Announced by a condition of this type at once; `Failed` or `Complete` follows when all pods are counted and gone. */
export type Verdict = { readonly type: 'FailureTarget' | 'SuccessCriteriaMet'; readonly reason: string; readonly message: string }

export function isSuspended({ spec }: Job): boolean {
  return spec.suspend === true
}

export function isFinishedJob({ status }: Job): boolean {
  return (status.conditions ?? []).some(({ type, status: holds }) => (type === 'Complete' || type === 'Failed') && holds === 'True')
}

/** Once announced a verdict stands. Otherwise failures are looked for before successes. */
export function verdictOf(view: JobView, nowMs: number): Verdict | undefined {
  return (
    announced(view.job, 'SuccessCriteriaMet') ??
    announced(view.job, 'FailureTarget') ??
    policyFailure(view) ??
    limitFailure(view, nowMs) ??
    indexFailure(view) ??
    policySuccess(view)
  )
}

/** The ordinary end: as many successes as were asked for, and nobody runs any more. */
export function completionVerdict({ job, succeededCount }: JobView, activeCount: number): Verdict | undefined {
  const { completions } = job.spec
  const isComplete = completions === undefined ? succeededCount > 0 : succeededCount >= completions
  if (!isComplete || activeCount > 0) return undefined
  return { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
}

/** How long until `activeDeadlineSeconds` ends; undefined where it does not run. */
export function deadlineRemainingMs(job: Job, startTime: string | undefined, nowMs: number): number | undefined {
  const { activeDeadlineSeconds } = job.spec
  if (activeDeadlineSeconds === undefined || startTime === undefined || isSuspended(job)) return undefined
  return Math.max(Date.parse(startTime) + activeDeadlineSeconds * 1000 - nowMs, 0)
}

function announced(job: Job, type: Verdict['type']): Verdict | undefined {
  const condition: JobCondition | undefined = conditionOf(job.status.conditions, type)
  return condition?.status === 'True' ? { type, reason: condition.reason ?? '', message: condition.message ?? '' } : undefined
}

function policyFailure({ job, pods }: JobView): Verdict | undefined {
  for (const pod of pods) {
    const action = hasFailed(pod, job) ? failureActionOf(job.spec.podFailurePolicy, pod) : undefined
    if (action?.action === 'FailJob') return failure('PodFailurePolicy', action.message)
  }
  return undefined
}

function limitFailure({ job, pods, failedCount }: JobView, nowMs: number): Verdict | undefined {
  const { backoffLimit = 6, template } = job.spec
  const restartCount = template.spec?.restartPolicy === 'OnFailure' ? restartCountOf(pods) : 0
  if (failedCount > backoffLimit || (restartCount > 0 && restartCount >= backoffLimit))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  if (deadlineRemainingMs(job, job.status.startTime, nowMs) === 0)
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  return undefined
}

/** Containers that were started again stand for pods that failed. */
function restartCountOf(pods: readonly Pod[]): number {
  const running = pods.filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
  const statuses = running.flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
  return statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)
}

function indexFailure({ job, indexes }: JobView): Verdict | undefined {
  if (indexes?.failed === undefined) return undefined
  const failedCount = countOf(indexes.failed)
  const { maxFailedIndexes } = job.spec
  if (maxFailedIndexes !== undefined && failedCount > maxFailedIndexes)
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  if (failedCount > 0 && failedCount + countOf(indexes.succeeded) >= indexes.completions)
    return failure('FailedIndexes', 'Job has failed indexes')
  return undefined
}

function policySuccess({ job, indexes }: JobView): Verdict | undefined {
  if (indexes === undefined || countOf(indexes.succeeded) === 0) return undefined
  const index = (job.spec.successPolicy?.rules ?? []).findIndex((rule) => isSatisfied(rule, indexes))
  return index < 0 ? undefined : { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${index}` }
}

function isSatisfied({ succeededIndexes, succeededCount }: SuccessPolicyRule, { succeeded, completions }: IndexView): boolean {
  if (succeededIndexes === undefined) return succeededCount !== undefined && countOf(succeeded) >= succeededCount
  const wanted = parseIndexes(succeededIndexes, completions)
  const matchedCount = overlapCount(wanted, succeeded)
  return wanted.length > 0 && matchedCount >= (succeededCount ?? countOf(wanted))
}

function failure(reason: string, message: string): Verdict {
  return { type: 'FailureTarget', reason, message }
}
