/** Which pods of a job to make and which to delete now. Pure. */
import type { Job } from '#kinds/batch/job.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { isBeingDeleted } from '#meta/object'
import { inDeletionOrder } from '../deletion-order.ts'
import { backoffRemainingMs } from './backoff.ts'
import { firstFree, indexSetOf, unionOf } from './indexes.ts'
import { completionIndexOf, finishedAtMs, indexFailuresOf, replacesFailedOnly } from './job-pod.ts'
import type { IndexView, JobView } from './observe.ts'
import { isSuspended, type Verdict } from './verdict.ts'

/** One pod to make; a job without indexes has none to give. */
export type Creation = { readonly index?: number; readonly replaces?: Pod }

export type PodPlan = {
  readonly creations: readonly Creation[]
  readonly deletions: readonly Pod[]
  /** A pod that is not wanted any more does not count as failed: its finalizer goes before it is deleted. */
  readonly forgetsDeleted: boolean
  /** Failed pods are replaced only after a while. */
  readonly waitMs?: number
}

// As upstream: no more than this at once, so that one job does not starve the others.
const burstMax = 500
const nothing: PodPlan = { creations: [], deletions: [], forgetsDeleted: true }

export function planPods(view: JobView, verdict: Verdict | undefined, nowMs: number): PodPlan {
  if (verdict !== undefined) return { creations: [], deletions: view.active, forgetsDeleted: false }
  if (isBeingDeleted(view.job)) return nothing
  if (isSuspended(view.job)) return { ...nothing, deletions: view.active }
  const wantedCount = wantedActiveCount(view)
  const deletions = surplus(view, wantedCount, nowMs).slice(0, burstMax)
  // Deletions and creations never go together: the next look decides on what is left.
  return deletions.length > 0 ? { ...nothing, deletions } : planCreations(view, wantedCount, nowMs)
}

function wantedActiveCount({ job, active, succeededCount }: JobView): number {
  const { parallelism = 1, completions } = job.spec
  if (completions !== undefined) return Math.max(Math.min(completions - succeededCount, parallelism), 0)
  // A queue of work is empty when one pod says so: the others finish, no new one starts.
  return succeededCount > 0 ? active.length : parallelism
}

/** Pods of no index or of one that has a better pod, then as many as are too many, the youngest first. */
function surplus({ active, indexes }: JobView, wantedCount: number, nowMs: number): readonly Pod[] {
  const ordered = inDeletionOrder(active, [], nowMs)
  const misplaced = indexes === undefined ? [] : misplacedPods(ordered, indexes.completions)
  const rest = ordered.filter((pod) => !misplaced.includes(pod))
  return [...misplaced, ...rest.slice(0, Math.max(active.length - wantedCount - misplaced.length, 0))]
}

/** Of pods with the same index the last in deletion order stays. */
function misplacedPods(ordered: readonly Pod[], completions: number): readonly Pod[] {
  const best = new Map(ordered.map((pod) => [completionIndexOf(pod, completions), pod]))
  best.delete(undefined)
  const staying = new Set(best.values())
  return ordered.filter((pod) => !staying.has(pod))
}

function planCreations(view: JobView, wantedCount: number, nowMs: number): PodPlan {
  const { job, active, terminating, indexes } = view
  const missing = wantedCount - active.length - (replacesFailedOnly(job) ? terminating.length : 0)
  if (missing <= 0) return nothing
  const waitsPerIndex = job.spec.backoffLimitPerIndex !== undefined
  const waitMs = waitsPerIndex ? 0 : backoffRemainingMs(view.backoff, nowMs)
  if (waitMs > 0) return { ...nothing, waitMs }
  const count = Math.min(missing, burstMax)
  if (indexes === undefined) return { ...nothing, creations: Array.from({ length: count }, () => ({})) }
  return planIndexes(pendingIndexes(view, indexes, count), indexes, nowMs)
}

function pendingIndexes({ job, active, terminating }: JobView, indexes: IndexView, count: number): readonly number[] {
  const { completions, succeeded, failed = [] } = indexes
  const holders = replacesFailedOnly(job) ? [...active, ...terminating] : active
  const held = holders.map((pod) => completionIndexOf(pod, completions)).filter((index) => index !== undefined)
  return firstFree(unionOf(succeeded, failed, indexSetOf(held)), count, completions)
}

/** Indexes that need not wait are served at once; if all wait, the first that is due sets the time. */
function planIndexes(pending: readonly number[], { awaitingSuccessor }: IndexView, nowMs: number): PodPlan {
  const creations: Creation[] = []
  const waits: number[] = []
  for (const index of pending) {
    const replaces = awaitingSuccessor.get(index)
    const waitMs = replaces === undefined ? 0 : indexWaitMs(replaces, nowMs)
    if (waitMs > 0) waits.push(waitMs)
    else creations.push({ index, ...(replaces === undefined ? {} : { replaces }) })
  }
  return { ...nothing, creations, ...(waits.length === 0 ? {} : { waitMs: Math.min(...waits) }) }
}

function indexWaitMs(failed: Pod, nowMs: number): number {
  const { counted, ignored } = indexFailuresOf(failed)
  return backoffRemainingMs({ failureCount: counted + ignored + 1, lastFailureMs: finishedAtMs(failed) }, nowMs)
}

/** Jobs of another controller are left alone. */
export function isManagedElsewhere({ spec }: Job): boolean {
  return spec.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller'
}
