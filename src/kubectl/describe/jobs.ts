/** Jobs and CronJobs. */
import type { CronJob, Job, JobTemplateSpec } from '#kinds/batch/types.gen'
import { formatSelector, selectorOf } from '#meta/labels'
import { humanDuration } from '#meta/table'
import { controllerLines, labelAndAnnotationLines, nameLines } from './identity.ts'
import { boolText, type Lines, longTime, onlyIf } from './lines.ts'
import { podTemplateLines } from './pod-template.ts'
import type { Surroundings } from './surroundings.ts'

export async function describeJob(job: Job, around: Surroundings): Promise<Lines> {
  const { spec } = job
  return [
    ...nameLines(job),
    `Selector:\t${spec.selector === undefined ? '' : formatSelector(selectorOf(spec.selector))}`,
    ...labelAndAnnotationLines(job),
    ...controllerLines(job),
    `Parallelism:\t${spec.parallelism ?? '<unset>'}`,
    `Completions:\t${spec.completions ?? '<unset>'}`,
    ...onlyIf(spec.completionMode !== undefined, `Completion Mode:\t${spec.completionMode}`),
    ...onlyIf(spec.suspend !== undefined, `Suspend:\t${spec.suspend}`),
    ...onlyIf(spec.backoffLimit !== undefined, `Backoff Limit:\t${spec.backoffLimit}`),
    ...onlyIf(spec.ttlSecondsAfterFinished !== undefined, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}`),
    ...jobTimeLines(job),
    ...onlyIf(spec.activeDeadlineSeconds !== undefined, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`),
    podCountLine(job),
    ...onlyIf(spec.completionMode === 'Indexed', `Completed Indexes:\t${cutIndexes(job.status?.completedIndexes ?? '')}`),
    ...podTemplateLines(spec.template),
    ...(await around.events(job)),
  ]
}

function jobTimeLines({ status = {} }: Job): Lines {
  const { startTime, completionTime } = status
  return [
    ...onlyIf(startTime !== undefined, `Start Time:\t${longTime(startTime)}`),
    ...onlyIf(completionTime !== undefined, `Completed At:\t${longTime(completionTime)}`),
    ...(startTime === undefined || completionTime === undefined
      ? []
      : [`Duration:\t${humanDuration(Date.parse(completionTime) - Date.parse(startTime))}`]),
  ]
}

function podCountLine({ status = {} }: Job): string {
  const { active = 0, ready, succeeded = 0, failed = 0 } = status
  const readyText = ready === undefined ? '' : ` (${ready} Ready)`
  return `Pods Statuses:\t${active} Active${readyText} / ${succeeded} Succeeded / ${failed} Failed`
}

const indexesLengthMax = 50

/** Cut behind a whole range. */
function cutIndexes(indexes: string): string {
  if (indexes === '') return '<none>'
  if (indexes.length <= indexesLengthMax) return indexes
  const kept = indexes.slice(0, indexesLengthMax)
  return `${kept.slice(0, kept.lastIndexOf(',') + 1)}...`
}

export async function describeCronJob(job: CronJob, around: Surroundings): Promise<Lines> {
  const { spec } = job
  const { startingDeadlineSeconds: deadline } = spec
  const { lastScheduleTime, active = [] } = job.status ?? {}
  return [
    ...nameLines(job),
    ...labelAndAnnotationLines(job),
    `Schedule:\t${spec.schedule}`,
    `Concurrency Policy:\t${spec.concurrencyPolicy ?? ''}`,
    `Suspend:\t${spec.suspend === undefined ? '<unset>' : boolText(spec.suspend)}`,
    `Time Zone:\t${spec.timeZone ?? '<unset>'}`,
    `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? '<unset>'}`,
    `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? '<unset>'}`,
    `Starting Deadline Seconds:\t${deadline === undefined ? '<unset>' : `${deadline}s`}`,
    ...jobTemplateLines(spec.jobTemplate),
    `Last Schedule Time:\t${lastScheduleTime === undefined ? '<unset>' : longTime(lastScheduleTime)}`,
    `Active Jobs:\t${active.length === 0 ? '<none>' : active.map(({ name = '' }) => name).join(', ')}`,
    ...(await around.events(job)),
  ]
}

function jobTemplateLines({ spec }: JobTemplateSpec): Lines {
  return [
    `Selector:\t${spec.selector === undefined ? '<unset>' : formatSelector(selectorOf(spec.selector))}`,
    `Parallelism:\t${spec.parallelism ?? '<unset>'}`,
    `Completions:\t${spec.completions ?? '<unset>'}`,
    ...onlyIf(spec.activeDeadlineSeconds !== undefined, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`),
    ...podTemplateLines(spec.template),
  ]
}
