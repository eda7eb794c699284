/** What a pod has to keep beyond its spec (upstream: ValidatePodCreate). */
import { type FieldErrors, FieldPath, forbiddenField } from '#meta/field-path'
import type { Pod } from '../types.gen.ts'
import { validateImageText } from './container-validation.ts'
import { validatePodAnnotations, validateSameAppArmor } from './pod-annotations-validation.ts'
import { validatePodSpec } from './pod-spec-validation.ts'

const spec = FieldPath.of('spec')

export function* validatePod(pod: Pod): FieldErrors {
  yield* validatePodAnnotations(pod.metadata, pod.spec, FieldPath.of('metadata', 'annotations'))
  yield* validatePodSpec(pod.spec, pod.metadata, spec)
  yield* validateTokens(pod, spec.field('volumes'))
  for (const field of ['containers', 'initContainers'] as const) {
    for (const [index, container] of (pod.spec[field] ?? []).entries()) yield* validateImageText(container, spec.field(field).index(index))
  }
}

/** A token is that of an account. */
function* validateTokens({ spec: { serviceAccountName, volumes = [] } }: Pod, at: FieldPath): FieldErrors {
  if (serviceAccountName) return
  for (const [index, { projected }] of volumes.entries()) {
    for (const [position, { serviceAccountToken }] of (projected?.sources ?? []).entries()) {
      if (serviceAccountToken === undefined) continue
      const here = at.index(index).field('projected').field('sources').index(position).field('serviceAccountToken')
      yield forbiddenField(here, 'must not be specified when serviceAccountName is not set')
    }
  }
}

/** Debugging containers and the choice of a node come later, through subresources. */
export function* validatePodCreate(pod: Pod): FieldErrors {
  const { ephemeralContainers = [], schedulingGates = [], nodeName } = pod.spec
  if (ephemeralContainers.length > 0) yield forbiddenField(spec.field('ephemeralContainers'), 'cannot be set on create')
  if (schedulingGates.length > 0 && nodeName)
    yield forbiddenField(spec.field('nodeName'), 'cannot be set until all schedulingGates have been cleared')
  yield* validateSameAppArmor(pod, spec)
}
