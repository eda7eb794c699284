/** What a pod has to keep beyond its spec (upstream: ValidatePodCreate). */
import { type FieldErrors, FieldPath, forbiddenField } from '#meta/field-path'
import type { Pod } from '../types.gen.ts'
import { validatePodSpec } from './pod-spec-validation.ts'

const spec = FieldPath.of('spec')

export function* validatePod(pod: Pod): FieldErrors {
  yield* validatePodSpec(pod.spec, pod.metadata, spec)
}

/** Debugging containers and the choice of a node come later, through subresources. */
export function* validatePodCreate({ spec: { ephemeralContainers = [], schedulingGates = [], nodeName } }: Pod): FieldErrors {
  if (ephemeralContainers.length > 0) yield forbiddenField(spec.field('ephemeralContainers'), 'cannot be set on create')
  if (schedulingGates.length > 0 && nodeName)
    yield forbiddenField(spec.field('nodeName'), 'cannot be set until all schedulingGates have been cleared')
}
