/** Whether a cron job runs now, and what stands in its way. Pure. */
import type { CronJob } from '#kinds/batch/cron-job.kind'
import { type CronSchedule, CronScheduleError, parseCronSchedule } from '#kinds/batch/cron-schedule'
import type { Job } from '#kinds/batch/job.kind'
import { TimeZone, UnknownTimeZoneError } from '#kinds/batch/time-zone'
import type { ObjectReference } from '#kinds/core/types.gen'
import { isBeingDeleted } from '#meta/object'
import type { OwnerReference } from '#meta/types.gen'
import { dueTimeOf, nextRunInMs } from './due-time.ts'

/** What is told beside the outcome. */
type Warning = { readonly reason: string; readonly message: string }

export type CronPlan =
  | { readonly do: 'wait'; readonly afterMs: number | undefined; readonly warning?: Warning; readonly note?: Warning }
  | {
      readonly do: 'run'
      readonly scheduledMs: number
      /** To be ended first. */
      readonly replaced: readonly ObjectReference[]
      readonly afterMs: number | undefined
      readonly warning?: Warning
    }

/** `cronJob.status.active` holds those runs that are active indeed. */
export function planCronJob(cronJob: CronJob, nowMs: number): CronPlan {
  const { spec, status } = cronJob
  if (isBeingDeleted(cronJob) || spec.suspend === true) return { do: 'wait', afterMs: undefined }
  const schedule = scheduleOf(cronJob)
  if ('reason' in schedule) return { do: 'wait', afterMs: undefined, warning: schedule }
  const afterMs = nextRunInMs(schedule, nowMs)
  const { dueMs, isFarBehind } = dueTimeOf(cronJob, schedule, nowMs)
  const warning = isFarBehind ? { warning: tooManyMissed } : {}
  if (dueMs === undefined) return { do: 'wait', afterMs, ...warning }
  const { startingDeadlineSeconds: deadline, concurrencyPolicy } = spec
  if (deadline !== undefined && dueMs + deadline * 1000 < nowMs)
    return { do: 'wait', afterMs, warning: { reason: 'MissSchedule', message: `Missed scheduled time to start a job: ${rfc1123(dueMs)}` } }
  const { active = [] } = status
  const name = jobNameOf(cronJob, dueMs)
  if (Date.parse(status.lastScheduleTime ?? '') === dueMs || active.some((one) => one.name === name))
    return { do: 'wait', afterMs, ...warning }
  if (concurrencyPolicy === 'Forbid' && active.length > 0) return { do: 'wait', afterMs, note: alreadyActive, ...warning }
  return { do: 'run', scheduledMs: dueMs, replaced: concurrencyPolicy === 'Replace' ? active : [], afterMs, ...warning }
}

/** One run has one name, whoever makes it: no run is made twice. */
export function jobOf(cronJob: CronJob, scheduledMs: number, reference: OwnerReference): Job {
  const { jobTemplate, timeZone = '' } = cronJob.spec
  const { labels, annotations } = jobTemplate.metadata ?? {}
  const scheduled = { 'batch.kubernetes.io/cronjob-scheduled-timestamp': new TimeZone(timeZone).format(scheduledMs) }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobNameOf(cronJob, scheduledMs),
      namespace: cronJob.metadata.namespace,
      labels,
      annotations: { ...annotations, ...scheduled },
      ownerReferences: [reference],
    },
    spec: jobTemplate.spec ?? { template: { spec: { containers: [] } } },
    status: {},
  }
}

function jobNameOf({ metadata }: CronJob, scheduledMs: number): string {
  return `${metadata.name}-${Math.floor(scheduledMs / 60_000)}`
}

function scheduleOf({ spec: { schedule, timeZone } }: CronJob): CronSchedule | Warning {
  try {
    return parseCronSchedule(schedule, new TimeZone(timeZone ?? ''))
  } catch (error) {
    if (error instanceof UnknownTimeZoneError)
      return { reason: 'UnknownTimeZone', message: `invalid timeZone: "${timeZone}": ${error.message}` }
    if (error instanceof CronScheduleError)
      return { reason: 'UnparseableSchedule', message: `unparseable schedule: "${schedule}" : ${error.message}` }
    throw error
  }
}

const tooManyMissed: Warning = {
  reason: 'TooManyMissedTimes',
  message: 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
}

const alreadyActive: Warning = {
  reason: 'JobAlreadyActive',
  message: 'Not starting job because prior execution is running and concurrency policy is Forbid',
}

/** As Go's RFC1123Z. */
function rfc1123(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000')
}
