/** What a pod has to keep to be stored. */
import { FieldPath, type FieldErrors, required } from '#meta/field-path'
import type { Pod } from '../types.gen.ts'

export function* validatePodCreate(pod: Pod): FieldErrors {
  if ((pod.spec.containers ?? []).length === 0) yield required(FieldPath.of('spec', 'containers'))
}
