/** What the spec of a pod has to keep (upstream: ValidatePodSpec). */
import { type FieldErrors, type FieldPath, required } from '#meta/field-path'
import type { ObjectMeta } from '#meta/types.gen'
import type { PodSpec } from '../types.gen.ts'

export function* validatePodSpec(spec: PodSpec, _metadata: ObjectMeta, at: FieldPath): FieldErrors {
  if ((spec.containers ?? []).length === 0) yield required(at.field('containers'))
}
