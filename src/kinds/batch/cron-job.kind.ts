/** Makes jobs by the clock. */
import { type FieldErrors, FieldPath, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Subdomain } from '#meta/names'
import { ageColumn, ageOf, nameColumn } from '#meta/table'
import { defaultPodTemplate } from '../core/pod/pod-defaults.ts'
import { validatePodTemplate } from '../core/pod/pod-template-validation.ts'
import { containersColumn, imagesColumn } from '../core/pod/template-columns.ts'
import { validateNotNegative } from '../number-validation.ts'
import { keepSpec, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import * as schemas from './schema.gen.ts'
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
    { name: 'Schedule', type: 'string', description: 'When jobs are made.', cell: ({ spec }) => spec.schedule ?? '' },
    { name: 'Timezone', type: 'string', description: 'Whose clock.', cell: ({ spec }) => spec.timeZone ?? '<none>' },
    {
      name: 'Suspend',
      type: 'string',
      description: 'Whether it pauses.',
      cell: ({ spec }) => (spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False'),
    },
    { name: 'Active', type: 'integer', description: 'Jobs that run.', cell: ({ status }) => (status.active ?? []).length },
    {
      name: 'Last Schedule',
      type: 'string',
      description: 'When it last made a job.',
      cell: ({ status }, facts) => (status.lastScheduleTime === undefined ? '<none>' : ageOf(status.lastScheduleTime, facts.nowMs)),
    },
    ageColumn,
    containersColumn((cronJob) => cronJob.spec.jobTemplate.spec?.template),
    imagesColumn((cronJob) => cronJob.spec.jobTemplate.spec?.template),
    { name: 'Selector', type: 'string', priority: 1, description: 'Which pods belong to it.', cell: () => '<none>' },
  ],
  defaults: defaultCronJob,
  prepareCreate: withoutStatus,
  validate: validateCronJob,
  update: { prepare: keepStatus },
  status: { prepare: keepSpec },
  subresources: [statusSubresource('CronJob')],
})

/** Jobs get a suffix of eleven characters behind the name, and have 63 at most. */
const nameLengthMax = 52

function validateName(name: string): readonly string[] {
  const problems = isDns1123Subdomain(name)
  return name.length > nameLengthMax && problems.length === 0 ? [`must be no more than ${nameLengthMax} characters`] : problems
}

function defaultCronJob(cronJob: CronJob): CronJob {
  const { jobTemplate } = cronJob.spec
  const template = jobTemplate?.spec?.template
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
        : { jobTemplate: { ...jobTemplate, spec: { ...jobTemplate.spec, template: defaultPodTemplate(template) } } }),
    },
  }
}

function* validateCronJob({ spec: given }: CronJob): FieldErrors {
  const spec = FieldPath.of('spec')
  if (!given.schedule) yield required(spec.field('schedule'))
  yield* validateNotNegative(given.startingDeadlineSeconds, spec.field('startingDeadlineSeconds'))
  const policies = ['Allow', 'Forbid', 'Replace']
  const { concurrencyPolicy = '' } = given
  if (concurrencyPolicy === '') yield required(spec.field('concurrencyPolicy'))
  else if (!policies.includes(concurrencyPolicy)) yield notSupported(spec.field('concurrencyPolicy'), concurrencyPolicy, policies)
  const template = given.jobTemplate.spec?.template
  if (template !== undefined) yield* validatePodTemplate(template, spec.field('jobTemplate').field('spec').field('template'))
  yield* validateNotNegative(given.successfulJobsHistoryLimit, spec.field('successfulJobsHistoryLimit'))
  yield* validateNotNegative(given.failedJobsHistoryLimit, spec.field('failedJobsHistoryLimit'))
}
