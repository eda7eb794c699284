/** Which run of a cron job is due, and when the next one will be. Pure. */
import type { CronJob } from '#kinds/batch/cron-job.kind'
import type { CronSchedule } from '#kinds/batch/cron-schedule'

export type DueTime = {
  /** The latest time that has come and was not served; undefined where there is none. */
  readonly dueMs?: number
  /** So many runs were missed that something must be wrong: the clock, or the deadline. */
  readonly isFarBehind: boolean
}

const missedMax = 100

export function dueTimeOf({ metadata, spec, status }: CronJob, schedule: CronSchedule, nowMs: number): DueTime {
  const lastMs = Date.parse(status.lastScheduleTime ?? metadata.creationTimestamp ?? '')
  const deadlineMs = spec.startingDeadlineSeconds === undefined ? -Infinity : nowMs - spec.startingDeadlineSeconds * 1000
  const earliestMs = Math.max(lastMs, deadlineMs)
  const first = schedule.next(earliestMs)
  if (first === undefined || first > nowMs) return { isFarBehind: false }
  const second = schedule.next(first)
  if (second === undefined || second > nowMs) return { dueMs: first, isFarBehind: false }
  const missedCount = Math.floor((nowMs - first) / (second - first)) + 1
  return { dueMs: latestRun(schedule, first, nowMs), isFarBehind: missedCount > missedMax }
}

/** The last run that is not after `nowMs`, `firstMs` being one. */
function latestRun(schedule: CronSchedule, firstMs: number, nowMs: number): number {
  // Runs of years are not counted one by one: the shortest look back that finds one is enough.
  for (const spanMs of [hourMs, 31 * 24 * hourMs, Infinity]) {
    const startMs = Math.max(firstMs - 1, nowMs - spanMs)
    let latest: number | undefined
    for (let ms = schedule.next(startMs); ms !== undefined && ms <= nowMs; ms = schedule.next(ms)) latest = ms
    if (latest !== undefined) return latest
  }
  return firstMs
}

const hourMs = 3_600_000

/** A little later than it is due: clocks of different machines agree only so far. */
export function nextRunInMs(schedule: CronSchedule, nowMs: number): number | undefined {
  const nextMs = schedule.next(nowMs)
  return nextMs === undefined ? undefined : nextMs - nowMs + 100
}
