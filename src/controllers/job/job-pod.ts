/** What a job writes on its pods and reads from them: index, failure counts, end, the finalizer by which none is lost. Pure. */
import { isPodFinished } from '#domain/pod-phase'
import { podFromTemplate } from '#domain/pod-template'
import type { Job } from '#kinds/batch/job.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { Container, PodTemplateSpec } from '#kinds/core/types.gen'
import { conditionOf } from '#meta/conditions'
import { isBeingDeleted } from '#meta/object'
import type { OwnerReference } from '#meta/types.gen'
import { failureActionOf } from './failure-policy.ts'

/** Keeps a pod until its end is counted in the job's status. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'
const indexKey = 'batch.kubernetes.io/job-completion-index'
const failureCountAnnotation = 'batch.kubernetes.io/job-index-failure-count'
const ignoredFailureCountAnnotation = 'batch.kubernetes.io/job-index-ignored-failure-count'
const indexVariable = 'JOB_COMPLETION_INDEX'
const generatedNameLengthMax = 58

export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(trackingFinalizer) ?? false
}

export function isIndexed({ spec }: Job): boolean {
  return spec.completionMode === 'Indexed'
}

/** New pods take the place of those that have failed, not of those that are still ending. */
export function replacesFailedOnly({ spec }: Job): boolean {
  return spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined
}

/** A pod that is deleted counts as failed at once, unless its end has to be awaited. */
export function hasFailed(pod: Pod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true
  return !replacesFailedOnly(job) && isBeingDeleted(pod) && !isPodFinished(pod)
}

/** Undefined where the pod has none, or one that the job does not (any longer) have. */
export function completionIndexOf({ metadata }: Pod, completions: number): number | undefined {
  const text = metadata.annotations?.[indexKey] ?? ''
  return /^\d+$/.test(text) && Number(text) < completions ? Number(text) : undefined
}

/** Failures of this index before this pod: those that count, and those that the policy ignores. */
export function indexFailuresOf({ metadata }: Pod): { readonly counted: number; readonly ignored: number } {
  const read = (key: string) => {
    const text = metadata.annotations?.[key] ?? ''
    return /^\d{1,10}$/.test(text) ? Number(text) : 0
  }
  return { counted: read(failureCountAnnotation), ignored: read(ignoredFailureCountAnnotation) }
}

/** The pod that a job without indexes makes. */
export function jobPod(job: Job, reference: OwnerReference): Pod {
  return podFromTemplate(trackedTemplate(job.spec.template), job.metadata.namespace, `${job.metadata.name}-`, reference)
}

/** `replaced` is the failed pod of the same index, whose failures go on counting. */
export function indexedJobPod(job: Job, reference: OwnerReference, index: number, replaced: Pod | undefined): Pod {
  const { name = '', namespace } = job.metadata
  const template = trackedTemplate(job.spec.template)
  const { labels, annotations } = template.metadata ?? {}
  const counts = job.spec.backoffLimitPerIndex === undefined ? {} : failureAnnotations(job, replaced)
  const metadata = {
    ...template.metadata,
    labels: { ...labels, [indexKey]: `${index}` },
    annotations: { ...annotations, [indexKey]: `${index}`, ...counts },
  }
  const { containers = [], initContainers, ...rest } = template.spec ?? { containers: [] }
  const spec = {
    ...rest,
    containers: containers.map(withIndexVariable),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withIndexVariable) }),
    hostname: `${name}-${index}`,
  }
  const suffix = `-${index}-`
  return podFromTemplate({ metadata, spec }, namespace, `${name.slice(0, generatedNameLengthMax - suffix.length)}${suffix}`, reference)
}

/** When the pod came to its end, as well as can be told; in milliseconds. */
export function finishedAtMs(pod: Pod): number {
  const { status, metadata } = pod
  const sidecars = new Set((pod.spec?.initContainers ?? []).filter((one) => one.restartPolicy === 'Always').map(({ name }) => name))
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name))]
  const ends = statuses.map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''))
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends)
  const ready = conditionOf(status?.conditions, 'Ready')
  if (ready?.status === 'False' && ready.lastTransitionTime !== undefined) return Date.parse(ready.lastTransitionTime)
  if (metadata.deletionTimestamp !== undefined)
    return Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000
  return Date.parse(metadata.creationTimestamp ?? '')
}

function trackedTemplate(template: PodTemplateSpec): PodTemplateSpec {
  const finalizers = new Set([...(template.metadata?.finalizers ?? []), trackingFinalizer])
  return { ...template, metadata: { ...template.metadata, finalizers: [...finalizers] } }
}

function failureAnnotations(job: Job, replaced: Pod | undefined): Readonly<Record<string, string>> {
  if (replaced === undefined) return { [failureCountAnnotation]: '0' }
  const { counted, ignored } = indexFailuresOf(replaced)
  if (failureActionOf(job.spec.podFailurePolicy, replaced)?.action !== 'Ignore')
    return { [failureCountAnnotation]: `${counted + 1}`, ...(ignored === 0 ? {} : { [ignoredFailureCountAnnotation]: `${ignored}` }) }
  return { [failureCountAnnotation]: `${counted}`, [ignoredFailureCountAnnotation]: `${ignored + 1}` }
}

function withIndexVariable(container: Container): Container {
  if (container.env?.some(({ name }) => name === indexVariable)) return container
  const variable = { name: indexVariable, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${indexKey}']` } } }
  return { ...container, env: [...(container.env ?? []), variable] }
}
