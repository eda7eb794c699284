/** What may change in a job that exists (upstream: ValidateJobUpdate). */
import { type FieldErrors, FieldPath, invalid } from '#meta/field-path'
import * as core from '../core/schema.gen.ts'
import type { Container, PodSpec, PodTemplateSpec } from '../core/types.gen.ts'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { validateWholeJobSpec } from './job-spec-validation.ts'
import * as schemas from './schema.gen.ts'
import type { Job } from './types.gen.ts'

const at = FieldPath.of('spec')
const immutableMessage = 'field is immutable'

export function* validateJobUpdate(next: Job, old: Job): FieldErrors {
  // As upstream: a change has its errors told twice.
  yield* validateWholeJobSpec(next.spec, at)
  yield* validateCompletions(next, old)
  yield* validateSame(next, old, 'selector')
  yield* validateTemplate(next, old)
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const)
    yield* validateSame(next, old, field)
}

function* validateSame(next: Job, old: Job, field: keyof Job['spec']): FieldErrors {
  if (isSameValue(next.spec[field], old.spec[field])) return
  const schema = schemas.JobSpec.properties?.[field] ?? { type: 'any' }
  yield invalid(at.field(field), internalForm(schema, next.spec[field]), immutableMessage)
}

/** An indexed job may grow and shrink, with as many pods as it has indexes. */
function* validateCompletions(next: Job, old: Job): FieldErrors {
  const { completions, parallelism, completionMode } = next.spec
  if (completionMode !== 'Indexed' || completions === undefined || old.spec.completions === undefined)
    return yield* validateSame(next, old, 'completions')
  if (completions !== old.spec.completions && completions !== parallelism)
    yield invalid(at.field('completions'), completions, 'can only be modified in tandem with spec.parallelism')
}

/** As long as a job is suspended and has never started, its pods can still be sent elsewhere, with other resources. */
function* validateTemplate(next: Job, old: Job): FieldErrors {
  const here = at.field('template')
  if (old.spec.suspend !== true || old.status.startTime !== undefined) {
    if (!isSameValue(next.spec.template, old.spec.template))
      yield invalid(here, internalForm(core.PodTemplateSpec, next.spec.template), immutableMessage)
    return
  }
  if (!isSameValue(next.spec.template.spec, withScheduling(old.spec.template, next.spec.template)))
    yield invalid(here.field('spec'), internalForm(core.PodSpec, next.spec.template.spec), immutableMessage)
}

function withScheduling({ spec: old }: PodTemplateSpec, { spec: next }: PodTemplateSpec): PodSpec | undefined {
  if (old === undefined || next === undefined) return old
  const { nodeSelector, tolerations, schedulingGates } = next
  const affinity = { ...old.affinity, nodeAffinity: next.affinity?.nodeAffinity }
  return {
    ...old,
    nodeSelector,
    tolerations,
    schedulingGates,
    ...(old.affinity === undefined && next.affinity?.nodeAffinity === undefined ? {} : { affinity }),
    containers: withResources(old.containers, next.containers),
    ...(old.initContainers === undefined ? {} : { initContainers: withResources(old.initContainers, next.initContainers ?? []) }),
  }
}

function withResources(old: readonly Container[], next: readonly Container[]): readonly Container[] {
  return old.map((container, index) => ({ ...container, resources: next[index]?.resources }))
}
