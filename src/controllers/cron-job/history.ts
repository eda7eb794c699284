/** A cron job's runs: which of them are on its list of active ones, and which finished ones are kept. Pure. */
import type { CronJob } from '#kinds/batch/cron-job.kind'
import type { Job } from '#kinds/batch/job.kind'
import type { CronJobStatus } from '#kinds/batch/types.gen'
import type { ObjectReference } from '#kinds/core/types.gen'
import { isConditionTrue } from '#meta/conditions'
import { isFinishedJob } from '../job/verdict.ts'

type Told = { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string }

export type Review = { readonly status: CronJobStatus; readonly told: readonly Told[] }

/** What has become of the runs since the last look. `jobs` are those that the cron job controls. */
export function reviewRuns(cronJob: CronJob, jobs: readonly Job[]): Review {
  const told: Told[] = []
  const { active = [] } = cronJob.status
  const isListed = ({ metadata }: Job) => active.some(({ uid }) => uid === metadata.uid)
  const gone = new Set<string | undefined>()
  for (const job of jobs) {
    const { name, uid } = job.metadata
    if (isListed(job) && isFinishedJob(job)) {
      gone.add(uid)
      const end = isSucceeded(job) ? 'Complete' : 'Failed'
      told.push({ type: 'Normal', reason: 'SawCompletedJob', message: `Saw completed job: ${name}, condition: ${end}` })
    } else if (!isListed(job) && !isFinishedJob(job))
      told.push({ type: 'Warning', reason: 'UnexpectedJob', message: `Saw a job that the controller did not create or forgot: ${name}` })
  }
  for (const { uid, name } of active.filter((one) => !jobs.some(({ metadata }) => metadata.uid === one.uid))) {
    gone.add(uid)
    told.push({ type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${name}` })
  }
  const lastSuccessfulTime = lastSuccess(cronJob, jobs)
  const left = active.filter(({ uid }) => !gone.has(uid))
  const status = withActive({ ...cronJob.status, ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }) }, left)
  return { status, told }
}

export function withActive({ active: _, ...status }: CronJobStatus, active: readonly ObjectReference[]): CronJobStatus {
  return active.length === 0 ? status : { ...status, active }
}

/** Finished runs beyond the limits, the oldest first. */
export function runsToForget({ spec }: CronJob, jobs: readonly Job[]): readonly Job[] {
  const finished = jobs.filter(isFinishedJob)
  return [
    ...oldest(finished.filter(isSucceeded), spec.successfulJobsHistoryLimit),
    ...oldest(
      finished.filter((job) => !isSucceeded(job)),
      spec.failedJobsHistoryLimit,
    ),
  ]
}

function oldest(jobs: readonly Job[], limit: number | undefined): readonly Job[] {
  if (limit === undefined) return []
  const rankOf = ({ status, metadata }: Job) => `${status.startTime ?? '9'} ${metadata.name}`
  return jobs.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1)).slice(0, Math.max(jobs.length - limit, 0))
}

function lastSuccess({ status }: CronJob, jobs: readonly Job[]): string | undefined {
  const times = jobs.filter(isSucceeded).map((job) => job.status.completionTime)
  return [status.lastSuccessfulTime, ...times]
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1)
}

function isSucceeded({ status }: Job): boolean {
  return isConditionTrue(status.conditions, 'Complete')
}
