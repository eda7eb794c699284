/**
 * Counts every pod of a job exactly once, whatever happens in between. A pod that ended is first named in the status
 * (`uncountedTerminatedPods`, or its index), then loses the finalizer that keeps it, then becomes a number. Pure.
 */
import { isPodReady } from '#domain/pod-phase'
import type { Job } from '#kinds/batch/job.kind'
import type { JobCondition, JobStatus } from '#kinds/batch/types.gen'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { conditionOf } from '#meta/conditions'
import { isBeingDeleted } from '#meta/object'
import { failureActionOf } from './failure-policy.ts'
import { countOf, formatIndexes, indexSetOf, unionOf } from './indexes.ts'
import { completionIndexOf, hasFailed, isTracked } from './job-pod.ts'
import type { JobView } from './observe.ts'
import { isSuspended, type Verdict } from './verdict.ts'

export type Accounting = {
  /** To be written before a finalizer is taken off. */
  readonly status: JobStatus
  readonly settled: readonly Pod[]
  /** Not all ended pods fit in at once: the job goes on later. */
  readonly isPartial: boolean
}

/** What became of the plan: counts of pods that are running, ready and ending after it. */
export type PodCounts = { readonly active: number; readonly ready: number; readonly terminating: number }

// As upstream: keeps the list in the status below 20 kB.
const uncountedMax = 500

export function countsAfter({ active, terminating }: JobView, createdCount: number, deleted: readonly Pod[]): PodCounts {
  return {
    active: active.length - deleted.length + createdCount,
    ready: active.filter(isPodReady).length - deleted.filter(isPodReady).length,
    terminating: terminating.length + deleted.length,
  }
}

/** What is known before anything is written. `verdict` is there when the job has come to its end. */
export type Known = {
  readonly view: JobView
  readonly status: JobStatus
  readonly verdict: Verdict | undefined
  readonly counts: PodCounts
}

export function accountFor({ view, status, verdict, counts }: Known, now: { readonly text: string }): Accounting {
  const { pods, indexes } = view
  const tracked = new Set(pods.filter(isTracked).map(({ metadata }) => metadata.uid ?? ''))
  const counted = withoutSettled(status, tracked)
  const succeeded = [...(counted.uncountedTerminatedPods?.succeeded ?? [])]
  const failed = [...(counted.uncountedTerminatedPods?.failed ?? [])]
  const newIndexes: number[] = []
  const settled: Pod[] = []
  const isFull = () => newIndexes.length + succeeded.length + failed.length >= uncountedMax
  for (const pod of pods) {
    if (isFull()) break
    if (!isTracked(pod) || !canBeSettled(pod, view, verdict)) continue
    settled.push(pod)
    const uid = pod.metadata.uid ?? ''
    const index = indexes === undefined ? undefined : completionIndexOf(pod, indexes.completions)
    if (indexes !== undefined && index === undefined) continue
    const end = endOf(pod, view, verdict, failed.includes(uid))
    if (end === 'succeeded' && index !== undefined) newIndexes.push(index)
    else if (end === 'succeeded' && !succeeded.includes(uid)) succeeded.push(uid)
    else if (end === 'failed' && !failed.includes(uid)) failed.push(uid)
  }
  const { active: _, ...rest } = withVerdict(counted, verdict, now.text)
  return {
    status: {
      ...rest,
      ...(counts.active === 0 ? {} : { active: counts.active }),
      ready: counts.ready,
      terminating: counts.terminating,
      uncountedTerminatedPods: uncountedOf(succeeded, failed),
      ...indexCounts(view, newIndexes),
    },
    settled,
    isPartial: isFull(),
  }
}

/** Turns the names of pods whose finalizer is gone into numbers. */
export function withoutSettled(status: JobStatus, tracked: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  const left = { succeeded: succeeded.filter((uid) => tracked.has(uid)), failed: failed.filter((uid) => tracked.has(uid)) }
  return {
    ...status,
    ...nonZeroCount('succeeded', (status.succeeded ?? 0) + succeeded.length - left.succeeded.length),
    ...nonZeroCount('failed', (status.failed ?? 0) + failed.length - left.failed.length),
    uncountedTerminatedPods: uncountedOf(left.succeeded, left.failed),
  }
}

/** The last condition, once no pod is uncounted and none is still ending; undefined before. */
export function finishedStatus(status: JobStatus, verdict: Verdict | undefined, now: { readonly text: string }): JobStatus | undefined {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  if (verdict === undefined || succeeded.length + failed.length > 0 || (status.terminating ?? 0) > 0) return undefined
  const type = verdict.type === 'FailureTarget' ? 'Failed' : 'Complete'
  const { reason, message } = verdict
  const conditions = [...(status.conditions ?? []), jobCondition({ type, status: 'True', reason, message }, now.text)]
  return { ...status, conditions, ...(type === 'Complete' ? { completionTime: now.text } : {}) }
}

/** Whether the job sleeps, as its condition and its start say. A clock that was stopped starts anew. */
export function withSuspension(job: Job, status: JobStatus, now: { readonly text: string }): JobStatus {
  const before = conditionOf(status.conditions, 'Suspended')
  const wanted = isSuspended(job) ? 'True' : 'False'
  if (before === undefined ? wanted === 'False' : before.status === wanted) return status
  const text = wanted === 'True' ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed']
  const condition = jobCondition({ type: 'Suspended', status: wanted, reason: text[0] ?? '', message: text[1] ?? '' }, now.text)
  const others = (status.conditions ?? []).filter(({ type }) => type !== 'Suspended')
  return { ...status, conditions: [...others, condition], ...(wanted === 'True' ? {} : { startTime: now.text }) }
}

function uncountedOf(succeeded: readonly string[], failed: readonly string[]): NonNullable<JobStatus['uncountedTerminatedPods']> {
  return { ...(succeeded.length === 0 ? {} : { succeeded }), ...(failed.length === 0 ? {} : { failed }) }
}

function nonZeroCount(field: 'succeeded' | 'failed', count: number): Partial<JobStatus> {
  return count === 0 ? {} : { [field]: count }
}

function canBeSettled(pod: Pod, { job, indexes }: JobView, verdict: Verdict | undefined): boolean {
  if (isBeingDeleted(job) || verdict !== undefined || pod.status?.phase === 'Succeeded') return true
  if (!hasFailed(pod, job)) return false
  return ![...(indexes?.awaitingSuccessor.values() ?? [])].some(({ metadata }) => metadata.uid === pod.metadata.uid)
}

/** When a job fails, all that still runs fails with it. */
function endOf(pod: Pod, { job }: JobView, verdict: Verdict | undefined, isCountedFailed: boolean): 'succeeded' | 'failed' | undefined {
  if (pod.status?.phase === 'Succeeded' && !isCountedFailed) return 'succeeded'
  if (!hasFailed(pod, job) && verdict?.type !== 'FailureTarget') return undefined
  return failureActionOf(job.spec.podFailurePolicy, pod)?.action === 'Ignore' ? undefined : 'failed'
}

function withVerdict(status: JobStatus, verdict: Verdict | undefined, now: string): JobStatus {
  if (verdict === undefined || conditionOf(status.conditions, verdict.type) !== undefined) return status
  return { ...status, conditions: [...(status.conditions ?? []), jobCondition({ ...verdict, status: 'True' }, now)] }
}

type ConditionFacts = Pick<Required<JobCondition>, 'type' | 'status' | 'reason' | 'message'>

function jobCondition(facts: ConditionFacts, now: string): JobCondition {
  return { ...facts, lastProbeTime: now, lastTransitionTime: now }
}

function indexCounts({ indexes }: JobView, newIndexes: readonly number[]): Partial<JobStatus> {
  if (indexes === undefined) return {}
  const succeeded = unionOf(indexes.previouslySucceeded, indexSetOf(newIndexes))
  const count = countOf(succeeded)
  return {
    ...(count === 0 ? {} : { succeeded: count, completedIndexes: formatIndexes(succeeded) }),
    ...(indexes.failed === undefined ? {} : { failedIndexes: formatIndexes(indexes.failed) }),
  }
}
