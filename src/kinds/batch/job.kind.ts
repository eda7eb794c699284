/** Pods that run to completion. */
import { type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { formatLabelSelector, matches } from '#meta/labels'
import { isDns1123Label, isLabelValue } from '#meta/names'
import { withMeta } from '#meta/object'
import { ageColumn, type Cell, type CellFacts, humanDuration, nameColumn } from '#meta/table'
import type { ObjectMeta } from '#meta/types.gen'
import { readableSelector } from '../apps/controller-template-validation.ts'
import { defaultPodTemplate } from '../core/pod/pod-defaults.ts'
import { podNameWarnings, templateWarnings } from '../core/pod/pod-warnings.ts'
import { containersColumn, imagesColumn } from '../core/pod/template-columns.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { fewWithMany, manyCompletions, validateWholeJobSpec } from './job-spec-validation.ts'
import { validateJobStatus } from './job-status-validation.ts'
import { validateJobUpdate } from './job-update-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

/** What the column of selectors shows, in upstream's words. */
export const jobSelectorText =
  'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors'

export type Job = types.Job
export const Job: Kind<Job> = defineKind({
  apiVersion: 'batch/v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  scope: 'Namespaced',
  checksMetaAnew: true,
  hasGeneration: true,
  defaultPropagation: 'Orphan',
  propagationWarning:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  schema: schemas.Job,
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'Status of the job.', cell: (job) => statusTextOf(job) },
    { name: 'Completions', type: 'string', describedBy: 'status.succeeded', cell: (job) => completionsOf(job) },
    { name: 'Duration', type: 'string', description: 'Time required to complete the job.', cell: durationOf },
    ageColumn,
    containersColumn((job) => job.spec.template),
    imagesColumn((job) => job.spec.template),
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: jobSelectorText,
      cell: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
  warnings: (next, old) => [
    ...podNameWarnings(next, old),
    ...(old === undefined ? sizeWarnings(next.spec) : []),
    ...templateWarnings([next.spec, old?.spec], ({ template }) => template),
  ],
  defaults: defaultJob,
  prepareCreate: (job) => withGeneratedSelector({ ...job, status: {} }),
  validate: validateJob,
  update: { prepare: keepStatus, validate: validateJobUpdate },
  status: { prepare: keepSpec, validate: validateJobStatus },
  selectableFields: { 'status.successful': ({ status }) => String(status.succeeded ?? 0) },
  subresources: [statusSubresource('Job')],
})

const spec = FieldPath.of('spec')

function defaultJob(job: Job): Job {
  const { completions, parallelism } = job.spec
  const template = defaultPodTemplate(job.spec.template ?? {})
  const counts =
    completions === undefined && parallelism === undefined ? { completions: 1, parallelism: 1 } : { parallelism: parallelism ?? 1 }
  return {
    ...withTemplateLabels(job, template),
    spec: {
      backoffLimit: job.spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: job.spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
      manualSelector: false,
      ...job.spec,
      ...counts,
      ...(job.spec.podFailurePolicy === undefined ? {} : { podFailurePolicy: defaultFailurePolicy(job.spec.podFailurePolicy) }),
      template,
    },
  }
}

/** As upstream: a job without labels has those of its template. */
function withTemplateLabels(job: Job, template: Job['spec']['template']): Job {
  const labels = template.metadata?.labels
  return isEmpty(job.metadata.labels) && !isEmpty(labels) ? withMeta(job, { labels }) : job
}

function isEmpty(labels: Readonly<Record<string, string>> | undefined): boolean {
  return Object.keys(labels ?? {}).length === 0
}

export function defaultFailurePolicy(policy: types.PodFailurePolicy): types.PodFailurePolicy {
  const rules = policy.rules.map((rule) => ({
    ...rule,
    ...(rule.onPodConditions === undefined
      ? {}
      : { onPodConditions: rule.onPodConditions.map((one) => ({ ...one, status: one.status || 'True' })) }),
  }))
  return { ...policy, rules }
}

/** A job's pods are told from others by its uid, unless the client chose a selector. */
function withGeneratedSelector(job: Job): Job {
  const { name = '', uid = '', labels: ownLabels } = job.metadata
  const { template } = job.spec
  const generated = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  }
  const labels = job.spec.manualSelector === true ? template.metadata?.labels : { ...generated, ...template.metadata?.labels }
  const selector =
    job.spec.manualSelector === true
      ? job.spec.selector
      : { ...job.spec.selector, matchLabels: { ...job.spec.selector?.matchLabels, 'batch.kubernetes.io/controller-uid': uid } }
  const complete = { ...job, spec: { ...job.spec, selector, template: { ...template, metadata: { ...template.metadata, labels } } } }
  // As upstream: a job that has its template's labels for want of its own shares the generated ones too. Where its template had none it
  // gets them only when it is read, so a name that cannot be a label is refused for the template's sake alone.
  const isShared = isEmpty(ownLabels) ? isLabelValue(name).length === 0 : ownLabels === template.metadata?.labels
  return isShared ? withMeta(complete, { labels }) : complete
}

function* validateJob({ spec: job, metadata }: Job): FieldErrors {
  yield* validateGeneratedSelector(job, metadata)
  yield* validateWholeJobSpec(job, spec)
  yield* validateHostnames(job, metadata.name ?? '')
}

function* validateGeneratedSelector({ selector, manualSelector, template }: types.JobSpec, metadata: ObjectMeta): FieldErrors {
  if (manualSelector === true || selector === undefined) return
  const { uid = '', name = '' } = metadata
  const labels = template.metadata?.labels ?? {}
  const wanted = {
    'controller-uid': uid,
    'job-name': name,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
  }
  for (const [key, value] of Object.entries(wanted)) {
    const at = spec.field('template').field('metadata').field('labels').key(key)
    if (labels[key] === undefined) yield required(at, `must be '${value}'`)
    else if (labels[key] !== value) yield invalid(at, labels, `must be '${value}'`)
  }
  const readable = readableSelector(selector)
  if (readable !== undefined && !matches(readable, wanted)) yield invalid(spec.field('selector'), selector, '`selector` not auto-generated')
}

/** The pods of an indexed job are called after it and their index. */
function* validateHostnames({ completionMode, completions = 0 }: types.JobSpec, name: string): FieldErrors {
  if (completionMode !== 'Indexed' || completions <= 0) return
  const hostname = `${name}-${completions - 1}`
  for (const _ of isDns1123Label(hostname))
    yield invalid(FieldPath.of('metadata', 'name'), name, `will not able to create pod with invalid DNS label: ${hostname}`)
}

/** Where so much runs at once that a status cannot name it all. */
function sizeWarnings({ completionMode, completions = 0, parallelism = 0 }: types.JobSpec): readonly string[] {
  return completionMode === 'Indexed' && completions > manyCompletions && parallelism > fewWithMany
    ? [
        'spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
      ]
    : []
}

function statusTextOf({ spec: wanted, status, metadata }: Job): string {
  const holds = (type: string) => status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (holds('Suspended')) return 'Suspended'
  if (holds('FailureTarget')) return 'FailureTarget'
  if (holds('SuccessCriteriaMet')) return 'SuccessCriteriaMet'
  return wanted.template === undefined ? '' : 'Running'
}

function completionsOf({ spec: { completions, parallelism = 0 }, status: { succeeded = 0 } }: Job): string {
  if (completions !== undefined) return `${succeeded}/${completions}`
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function durationOf({ status: { startTime, completionTime } }: Job, facts: CellFacts): Cell {
  if (startTime === undefined) return ''
  return humanDuration((completionTime === undefined ? facts.nowMs : Date.parse(completionTime)) - Date.parse(startTime))
}
