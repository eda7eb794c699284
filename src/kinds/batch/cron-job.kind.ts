/** Makes jobs by the clock. */
import { type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Subdomain } from '#meta/names'
import { ageColumn, ageOf, nameColumn } from '#meta/table'
import { defaultPodTemplate } from '../core/pod/pod-defaults.ts'
import { podNameWarnings, templateWarnings } from '../core/pod/pod-warnings.ts'
import { containersColumn, imagesColumn } from '../core/pod/template-columns.ts'
import { validateNotNegative } from '../number-validation.ts'
import { keepSpec, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { CronScheduleError, parseCronSchedule } from './cron-schedule.ts'
import { defaultFailurePolicy, jobSelectorText } from './job.kind.ts'
import { validateJobTemplateSpec } from './job-spec-validation.ts'
import * as schemas from './schema.gen.ts'
import { TimeZone, UnknownTimeZoneError } from './time-zone.ts'
import type * as types from './types.gen.ts'

export type CronJob = types.CronJob
export const CronJob: Kind<CronJob> = defineKind({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  scope: 'Namespaced',
  hasGeneration: true,
  schema: schemas.CronJob,
  validateName,
  columns: [
    nameColumn,
    { name: 'Schedule', type: 'string', describedBy: 'spec.schedule', cell: ({ spec }) => spec.schedule ?? '' },
    { name: 'Timezone', type: 'string', describedBy: 'spec.timeZone', cell: ({ spec }) => spec.timeZone ?? '<none>' },
    {
      name: 'Suspend',
      type: 'boolean',
      describedBy: 'spec.suspend',
      cell: ({ spec }) => (spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False'),
    },
    { name: 'Active', type: 'integer', describedBy: 'status.active', cell: ({ status }) => (status.active ?? []).length },
    {
      name: 'Last Schedule',
      type: 'string',
      describedBy: 'status.lastScheduleTime',
      cell: ({ status }, facts) => (status.lastScheduleTime === undefined ? '<none>' : ageOf(status.lastScheduleTime, facts.nowMs)),
    },
    ageColumn,
    containersColumn((cronJob) => cronJob.spec.jobTemplate.spec?.template),
    imagesColumn((cronJob) => cronJob.spec.jobTemplate.spec?.template),
    { name: 'Selector', type: 'string', priority: 1, description: jobSelectorText, cell: () => '<none>' },
  ],
  warnings: (next, old) => [
    ...podNameWarnings(next, old),
    ...templateWarnings(
      [next.spec, old?.spec],
      ({ jobTemplate }) => jobTemplate.spec?.template,
      FieldPath.of('spec', 'jobTemplate', 'spec', 'template'),
    ),
  ],
  defaults: defaultCronJob,
  prepareCreate: withoutStatus,
  validate: validateCronJob,
  validateCreate: validateNewSchedule,
  update: { prepare: keepStatus, validate: validateScheduleUpdate },
  status: { prepare: keepSpec },
  subresources: [statusSubresource('CronJob')],
})

/** Jobs get a suffix of eleven characters behind the name, and have 63 at most. */
const nameLengthMax = 52

function validateName(name: string): readonly string[] {
  const problems = isDns1123Subdomain(name)
  return name.length > nameLengthMax ? [...problems, `must be no more than ${nameLengthMax} characters`] : problems
}

function defaultCronJob(cronJob: CronJob): CronJob {
  const { jobTemplate } = cronJob.spec
  const template = jobTemplate?.spec?.template
  const failurePolicy = jobTemplate?.spec?.podFailurePolicy
  const policy = failurePolicy === undefined ? {} : { podFailurePolicy: defaultFailurePolicy(failurePolicy) }
  return {
    ...cronJob,
    spec: {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...cronJob.spec,
      ...(template === undefined
        ? {}
        : { jobTemplate: { ...jobTemplate, spec: { ...jobTemplate.spec, ...policy, template: defaultPodTemplate(template) } } }),
    },
  }
}

function* validateCronJob({ spec: given }: CronJob): FieldErrors {
  const spec = FieldPath.of('spec')
  if (!given.schedule) yield required(spec.field('schedule'))
  else yield* validateSchedule(given.schedule, spec.field('schedule'))
  if (given.timeZone !== undefined) yield* validateTimeZone(given.timeZone, spec.field('timeZone'))
  yield* validateNotNegative(given.startingDeadlineSeconds, spec.field('startingDeadlineSeconds'))
  const policies = ['Allow', 'Forbid', 'Replace']
  const { concurrencyPolicy = '' } = given
  if (concurrencyPolicy === '') yield required(spec.field('concurrencyPolicy'))
  else if (!policies.includes(concurrencyPolicy)) yield notSupported(spec.field('concurrencyPolicy'), concurrencyPolicy, policies)
  yield* validateJobTemplateSpec(given.jobTemplate.spec ?? { template: {} }, spec.field('jobTemplate').field('spec'))
  yield* validateNotNegative(given.successfulJobsHistoryLimit, spec.field('successfulJobsHistoryLimit'))
  yield* validateNotNegative(given.failedJobsHistoryLimit, spec.field('failedJobsHistoryLimit'))
}

function* validateSchedule(schedule: string, at: FieldPath): FieldErrors {
  try {
    parseCronSchedule(schedule)
  } catch (error) {
    if (!(error instanceof CronScheduleError || error instanceof UnknownTimeZoneError)) throw error
    yield invalid(at, schedule, error.message)
  }
}

function* validateNewSchedule({ spec: { schedule } }: CronJob): FieldErrors {
  if (schedule.includes('TZ'))
    yield invalid(FieldPath.of('spec').field('schedule'), schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
}

/** As upstream: a schedule with a time zone of its own is kept where it is, and refused where it is new. */
function* validateScheduleUpdate(next: CronJob, old: CronJob): FieldErrors {
  const { schedule, timeZone } = next.spec
  if (!old.spec.schedule.includes('TZ')) return yield* validateNewSchedule(next)
  if (schedule.includes('TZ') && timeZone !== undefined)
    yield invalid(FieldPath.of('spec').field('schedule'), schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')
}

function* validateTimeZone(name: string, at: FieldPath): FieldErrors {
  if (name === '') return yield invalid(at, name, 'timeZone must be nil or non-empty string')
  if (name.toLowerCase() === 'local')
    return yield invalid(at, name, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')
  try {
    new TimeZone(name)
  } catch (error) {
    if (!(error instanceof UnknownTimeZoneError)) throw error
    yield invalid(at, name, error.message)
  }
}
