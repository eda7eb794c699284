/** Makes jobs by the clock, and keeps the list of those that run. */
import { rfc3339 } from '#base/env/clock'
import { controllerReference } from '#domain/ownership'
import { CronJob } from '#kinds/batch/cron-job.kind'
import { Job } from '#kinds/batch/job.kind'
import type { CronJobStatus } from '#kinds/batch/types.gen'
import type { ObjectReference } from '#kinds/core/types.gen'
import { isSameValue } from '#kinds/same-value'
import { controllerOf, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, controllerUidIndex, type Result } from '#reconcile/controller'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { messageOf } from '../owned-pods.ts'
import { reviewRuns, runsToForget, withActive } from './history.ts'
import { type CronPlan, jobOf, planCronJob } from './plan.ts'

export const cronJobController: Controller<CronJob> = {
  name: 'cronjob-controller',
  for: CronJob,
  owns: [Job],
  reconcile: reconcileCronJob,
}

async function reconcileCronJob(deps: ControllerDeps, cronJob: CronJob, signal: AbortSignal): Promise<Result> {
  const { cache, client, clock, events } = deps
  const jobs = cache(Job).byIndex(controllerUidIndex, cronJob.metadata.uid ?? '')
  for (const job of runsToForget(cronJob, jobs)) await deleteJob(deps, cronJob, refOf(job), signal)
  const { status: reviewed, told } = reviewRuns(cronJob, jobs)
  for (const { type, reason, message } of told) events.event(cronJob, type, reason, message)
  const plan = planCronJob({ ...cronJob, status: reviewed }, clock.nowMs())
  if (plan.warning !== undefined) events.event(cronJob, 'Warning', plan.warning.reason, plan.warning.message)
  if (plan.do === 'wait' && plan.note !== undefined) events.event(cronJob, 'Normal', plan.note.reason, plan.note.message)
  // What is known is kept, whether the next run can be made or not.
  const current = await writeStatus(deps, cronJob, reviewed, signal)
  const status = plan.do === 'run' ? await run(deps, current, plan, signal) : undefined
  if (status !== undefined && !isSameValue(status, current.status)) await client.updateStatus(CronJob, { ...current, status }, signal)
  return plan.afterMs === undefined ? {} : { afterMs: plan.afterMs }
}

async function writeStatus({ client }: ControllerDeps, cronJob: CronJob, status: CronJobStatus, signal: AbortSignal): Promise<CronJob> {
  return isSameValue(status, cronJob.status) ? cronJob : await client.updateStatus(CronJob, { ...cronJob, status }, signal)
}

/** Resolves with the status after the run was made; undefined where it was not, and never will be. */
async function run(
  deps: ControllerDeps,
  cronJob: CronJob,
  { scheduledMs, replaced }: Extract<CronPlan, { do: 'run' }>,
  signal: AbortSignal,
): Promise<CronJobStatus | undefined> {
  for (const { name = '', uid = '' } of replaced)
    await deleteJob(deps, cronJob, { name, uid, namespace: cronJob.metadata.namespace }, signal)
  const job = await createJob(deps, cronJob, jobOf(cronJob, scheduledMs, controllerReference(CronJob, cronJob)), signal)
  if (job === undefined) return undefined
  const active = [...(cronJob.status.active ?? []).filter((one) => !replaced.includes(one)), referenceTo(job)]
  return withActive({ ...cronJob.status, lastScheduleTime: rfc3339(scheduledMs) }, active)
}

async function createJob({ client, events }: ControllerDeps, cronJob: CronJob, wanted: Job, signal: AbortSignal): Promise<Job | undefined> {
  try {
    const job = await client.create(Job, wanted, {}, signal)
    events.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`)
    return job
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined
    if (hasReason(error, 'AlreadyExists')) {
      // Made before the status could be written.
      const { uid: _, ...ref } = refOf(wanted)
      const existing = await client.get(Job, ref, signal)
      if (controllerOf(existing)?.uid === cronJob.metadata.uid) return existing
    }
    events.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`)
    throw error
  }
}

async function deleteJob(
  { client, events }: ControllerDeps,
  cronJob: CronJob,
  { uid, ...ref }: ReturnType<typeof refOf>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await ignoreNotFound(client.delete(Job, ref, { propagationPolicy: 'Background', uid }, signal))
    events.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${ref.name}`)
  } catch (error) {
    events.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${messageOf(error)}`)
    throw error
  }
}

function referenceTo({ apiVersion, kind, metadata: { name, namespace, uid, resourceVersion } }: Job): ObjectReference {
  return { kind, namespace, name, uid, apiVersion, resourceVersion }
}
