/** What a job's pods say about it: who runs, who is done and not yet counted, which indexes are left. Pure. */
import { isPodActive, isPodTerminating } from '#domain/pod-phase'
import type { Job } from '#kinds/batch/job.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { type Backoff, backoffAfter } from './backoff.ts'
import { failureActionOf } from './failure-policy.ts'
import { countOf, hasIndex, type IndexSet, indexSetOf, parseIndexes, unionOf } from './indexes.ts'
import { completionIndexOf, finishedAtMs, hasFailed, indexFailuresOf, isIndexed, isTracked } from './job-pod.ts'

export type IndexView = {
  readonly completions: number
  /** Those that the status knows already. */
  readonly previouslySucceeded: IndexSet
  readonly succeeded: IndexSet
  /** Only where each index has a backoff limit of its own. */
  readonly failed: IndexSet | undefined
  /** Failed pods that stay until their successor is made, which takes over their failure count. */
  readonly awaitingSuccessor: ReadonlyMap<number, Pod>
}

export type JobView = {
  readonly job: Job
  /** In the order of their indexes. */
  readonly pods: readonly Pod[]
  readonly active: readonly Pod[]
  readonly terminating: readonly Pod[]
  readonly succeededCount: number
  readonly failedCount: number
  readonly indexes: IndexView | undefined
  readonly backoff: Backoff
}

export function observeJob(job: Job, owned: readonly Pod[], backoff: Backoff): JobView {
  const { status } = job
  const completions = isIndexed(job) ? (job.spec.completions ?? 0) : undefined
  const pods = completions === undefined ? owned : inIndexOrder(owned, completions)
  const { succeeded: uncountedSucceeded = [], failed: uncountedFailed = [] } = status.uncountedTerminatedPods ?? {}
  const isNew = (pod: Pod, uncounted: readonly string[]) => isCountable(pod, completions) && !uncounted.includes(pod.metadata.uid ?? '')
  const succeeded = pods.filter((pod) => pod.status?.phase === 'Succeeded' && isNew(pod, uncountedSucceeded))
  const failed = pods.filter((pod) => hasFailed(pod, job) && isNew(pod, uncountedFailed))
  const countedFailed = failed.filter((pod) => failureActionOf(job.spec.podFailurePolicy, pod)?.action !== 'Ignore')
  const indexes = completions === undefined ? undefined : observeIndexes(job, pods, completions)
  return {
    job,
    pods,
    active: pods.filter(isPodActive),
    terminating: pods.filter(isPodTerminating),
    succeededCount:
      indexes === undefined ? (status.succeeded ?? 0) + succeeded.length + uncountedSucceeded.length : countOf(indexes.succeeded),
    failedCount: (status.failed ?? 0) + countedFailed.length + uncountedFailed.length,
    indexes,
    backoff: backoffAfter(backoff, succeeded, failed),
  }
}

/** Not counted before, and of an index that the job has. */
function isCountable(pod: Pod, completions: number | undefined): boolean {
  return isTracked(pod) && (completions === undefined || completionIndexOf(pod, completions) !== undefined)
}

function inIndexOrder(pods: readonly Pod[], completions: number): readonly Pod[] {
  return pods.toSorted((a, b) => (completionIndexOf(a, completions) ?? -1) - (completionIndexOf(b, completions) ?? -1))
}

function observeIndexes(job: Job, pods: readonly Pod[], completions: number): IndexView {
  const indexesOf = (some: readonly Pod[]) =>
    indexSetOf(some.map((pod) => completionIndexOf(pod, completions)).filter((index) => index !== undefined))
  const tracked = pods.filter(isTracked)
  const previouslySucceeded = parseIndexes(job.status.completedIndexes, completions)
  const succeeded = unionOf(previouslySucceeded, indexesOf(tracked.filter(({ status }) => status?.phase === 'Succeeded')))
  if (job.spec.backoffLimitPerIndex === undefined)
    return { completions, previouslySucceeded, succeeded, failed: undefined, awaitingSuccessor: new Map() }
  const failed = unionOf(
    parseIndexes(job.status.failedIndexes, completions),
    indexesOf(tracked.filter((pod) => hasFailedForGood(pod, job))),
  )
  const settled = unionOf(succeeded, failed, indexesOf(pods.filter(isPodActive)))
  const waiting = tracked.filter((pod) => hasFailed(pod, job))
  return { completions, previouslySucceeded, succeeded, failed, awaitingSuccessor: latestOfEach(waiting, settled, completions) }
}

function hasFailedForGood(pod: Pod, job: Job): boolean {
  if (!hasFailed(pod, job)) return false
  const action = failureActionOf(job.spec.podFailurePolicy, pod)?.action
  if (action === 'FailIndex') return true
  return action !== 'Ignore' && indexFailuresOf(pod).counted >= (job.spec.backoffLimitPerIndex ?? 0)
}

function latestOfEach(pods: readonly Pod[], settled: IndexSet, completions: number): ReadonlyMap<number, Pod> {
  const latest = new Map<number, Pod>()
  for (const pod of pods) {
    const index = completionIndexOf(pod, completions)
    if (index === undefined || hasIndex(settled, index)) continue
    const other = latest.get(index)
    if (other === undefined || isLaterFailure(pod, other)) latest.set(index, pod)
  }
  return latest
}

function isLaterFailure(pod: Pod, other: Pod): boolean {
  const total = (one: Pod) => indexFailuresOf(one).counted + indexFailuresOf(one).ignored
  return total(pod) >= total(other) && finishedAtMs(pod) >= finishedAtMs(other)
}
