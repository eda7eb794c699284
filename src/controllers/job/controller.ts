/** Runs pods until enough of them have succeeded, or too many have failed. */
import { nowRfc3339 } from '#base/env/clock'
import { claim } from '#domain/ownership'
import { Job } from '#kinds/batch/job.kind'
import type { JobStatus } from '#kinds/batch/types.gen'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import { selectorOrNothing } from '#meta/labels'
import { isBeingDeleted, keyOf, refOf } from '#meta/object'
import { hasReason } from '#meta/status'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { keysOfTakers, type Owner, ownerOf, settleClaims } from '../claims.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { createPod, deletePod } from '../owned-pods.ts'
import { slowStart } from '../slow-start.ts'
import { soonest } from '../soonest.ts'
import { accountFor, countsAfter, finishedStatus, withoutSettled, withSuspension } from './accounting.ts'
import { type Backoff, noBackoff } from './backoff.ts'
import { indexedJobPod, isTracked, jobPod, trackingFinalizer } from './job-pod.ts'
import { type JobView, observeJob } from './observe.ts'
import { type Creation, isManagedElsewhere, type PodPlan, planPods } from './plan.ts'
import { completionVerdict, deadlineRemainingMs, isFinishedJob, isSuspended, type Verdict, verdictOf } from './verdict.ts'

export function jobController(): Controller<Job> {
  const backoffs = new Map<string, Backoff>()
  return {
    name: 'job-controller',
    for: Job,
    owns: [Pod],
    watches: [
      watching(
        Pod,
        keysOfTakers(Job, ({ spec }) => selectorOrNothing(spec.selector)),
      ),
    ],
    reconcile: (deps, job, signal) => reconcileJob(deps, job, backoffs, signal),
    async forget(_deps, key) {
      backoffs.delete(key)
      return done
    },
  }
}

type Now = { readonly ms: number; readonly text: string }

async function reconcileJob(deps: ControllerDeps, job: Job, backoffs: Map<string, Backoff>, signal: AbortSignal): Promise<Result> {
  const key = keyOf(refOf(job))
  if (isManagedElsewhere(job) || isFinishedJob(job)) {
    backoffs.delete(key)
    return done
  }
  const now = { ms: deps.clock.nowMs(), text: nowRfc3339(deps.clock) }
  const owner = { ...ownerOf(Job, job), finalizer: trackingFinalizer }
  const candidates = deps.cache(Pod).list(job.metadata.namespace)
  const pods = await settleClaims(deps, Pod, owner, claim(job, selectorOrNothing(job.spec.selector), candidates), signal)
  const view = observeJob(job, pods, backoffs.get(key) ?? noBackoff)
  const verdict = verdictOf(view, now.ms)
  const plan = planPods(view, verdict, now.ms)
  const outcome = await carryOut(deps, job, owner, plan, signal)
  const status = await account(deps, view, { verdict, outcome }, now, signal)
  backoffs.set(key, view.backoff)
  if (outcome.error !== undefined) throw outcome.error
  return {
    // Once there is a verdict, what is left to come is told by the pods.
    afterMs: soonest(plan.waitMs, verdict === undefined ? deadlineRemainingMs(job, status.startTime, now.ms) : undefined),
  }
}

type Outcome = { readonly createdCount: number; readonly deleted: readonly Pod[]; readonly error?: unknown }

async function carryOut(deps: ControllerDeps, job: Job, owner: Owner, plan: PodPlan, signal: AbortSignal): Promise<Outcome> {
  const created = await slowStart(plan.creations.length, (turn) =>
    createPod(deps, owner, podOf(job, owner, plan.creations[turn] ?? {}), signal),
  )
  const results = await Promise.allSettled(
    plan.deletions.map(async (pod) => {
      if (plan.forgetsDeleted) await untrack(deps, pod, signal)
      await deletePod(deps, owner, pod, signal)
    }),
  )
  const failed = results.find((result) => result.status === 'rejected')
  const error = isNamespaceTerminating(created.error) ? undefined : (created.error ?? failed?.reason)
  return {
    createdCount: created.doneCount,
    deleted: plan.deletions.filter((_, index) => results[index]?.status === 'fulfilled'),
    ...(error === undefined ? {} : { error }),
  }
}

function podOf(job: Job, { reference }: Owner, { index, replaces }: Creation): Pod {
  return index === undefined ? jobPod(job, reference) : indexedJobPod(job, reference, index, replaces)
}

/** Writes what is known, lets the counted pods go, writes the numbers. */
async function account(
  deps: ControllerDeps,
  view: JobView,
  { verdict, outcome }: { readonly verdict: Verdict | undefined; readonly outcome: Outcome },
  now: Now,
  signal: AbortSignal,
): Promise<JobStatus> {
  const { job } = view
  const counts = countsAfter(view, outcome.createdCount, outcome.deleted)
  const isRunning = verdict === undefined && !isBeingDeleted(job)
  // A verdict holds only when all its pods are told to go; the next look tries again.
  const standing = outcome.error === undefined ? (verdict ?? completionVerdict(view, counts.active)) : undefined
  const started = withStart(job, now)
  const known = isRunning && standing === undefined ? withSuspension(job, started, now) : started
  tellSuspension(deps, job, known)
  const accounting = accountFor({ view, status: known, verdict: standing, counts }, now)
  const current = isSameValue(accounting.status, job.status)
    ? job
    : await deps.client.updateStatus(Job, { ...job, status: accounting.status }, signal)
  const kept = await settle(deps, accounting.settled, signal)
  const tracked = new Set(view.pods.filter((pod) => isTracked(pod) && !kept.settled.has(pod)).map(({ metadata }) => metadata.uid ?? ''))
  const counted = withoutSettled(accounting.status, tracked)
  const finished = accounting.isPartial || kept.error !== undefined ? undefined : finishedStatus(counted, standing, now)
  const last = finished ?? counted
  if (!isSameValue(last, accounting.status)) await deps.client.updateStatus(Job, { ...current, status: last }, signal)
  if (finished !== undefined && standing !== undefined) tellEnd(deps, { ...job, status: finished }, standing)
  if (kept.error !== undefined) throw kept.error
  return last
}

function withStart(job: Job, now: Now): JobStatus {
  return job.status.startTime === undefined && !isSuspended(job) ? { ...job.status, startTime: now.text } : job.status
}

async function settle(
  deps: ControllerDeps,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<{ readonly settled: ReadonlySet<Pod>; readonly error?: unknown }> {
  const results = await Promise.allSettled(pods.map((pod) => untrack(deps, pod, signal)))
  const settled = new Set(pods.filter((_, index) => results[index]?.status === 'fulfilled'))
  const failed = results.find((result) => result.status === 'rejected')
  return { settled, ...(failed === undefined ? {} : { error: failed.reason }) }
}

/** A pod that is gone needs nothing taken off. */
export async function untrack({ client }: ControllerDeps, pod: Pod, signal: AbortSignal): Promise<void> {
  if (!isTracked(pod)) return
  const { uid, ...ref } = refOf(pod)
  const body = { metadata: { uid, '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] } }
  try {
    await client.patch(Pod, ref, { type: 'strategic', body }, signal)
  } catch (error) {
    if (!hasReason(error, 'NotFound', 'Conflict')) throw error
  }
}

function tellSuspension({ events }: ControllerDeps, job: Job, status: JobStatus): void {
  const stateOf = ({ conditions }: JobStatus) => conditions?.find(({ type }) => type === 'Suspended')?.status
  if (stateOf(status) === stateOf(job.status)) return
  if (stateOf(status) === 'True') events.event(job, 'Normal', 'Suspended', 'Job suspended')
  else events.event(job, 'Normal', 'Resumed', 'Job resumed')
}

function tellEnd({ events }: ControllerDeps, job: Job, verdict: Verdict): void {
  if (verdict.type === 'FailureTarget') return events.event(job, 'Warning', verdict.reason, verdict.message)
  const { completions } = job.spec
  if (completions !== undefined && (job.status.succeeded ?? 0) > completions)
    events.event(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached')
  events.event(job, 'Normal', 'Completed', 'Job completed')
}
