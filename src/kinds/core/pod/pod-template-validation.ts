/** What a pod template has to keep (upstream: ValidatePodTemplateSpec). */
import type { FieldErrors, FieldPath } from '#meta/field-path'
import { forbiddenField } from '#meta/field-path'
import { validateAnnotations, validateLabels } from '#meta/object-meta-validation'
import type { PodTemplateSpec } from '../types.gen.ts'
import { validatePodAnnotations } from './pod-annotations-validation.ts'
import { validatePodSpec } from './pod-spec-validation.ts'

export function* validatePodTemplate(template: PodTemplateSpec, at: FieldPath): FieldErrors {
  const { metadata = {}, spec } = template
  yield* validateLabels(metadata.labels, at.field('labels'))
  yield* validateAnnotations(metadata.annotations, at.field('annotations'))
  yield* validatePodAnnotations(metadata, spec ?? { containers: [] }, at.field('annotations'))
  yield* validatePodSpec(spec ?? { containers: [] }, {}, at.field('spec'))
  if ((spec?.ephemeralContainers ?? []).length > 0) {
    yield forbiddenField(at.field('spec').field('ephemeralContainers'), 'ephemeral containers not allowed in pod template')
  }
}
