/** The metadata of a template for claims: labels and annotations, and nothing of what only the claims themselves have. */
import { type FieldErrors, type FieldPath, forbiddenField } from '#meta/field-path'
import { validateAnnotations, validateLabels } from '#meta/object-meta-validation'
import type { ObjectMeta } from '#meta/types.gen'

/** In upstream's order and spelling. */
const ownFields = [
  ['name', 'name'],
  ['generateName', 'generateName'],
  ['namespace', 'namespace'],
  ['selfLink', 'selfLink'],
  ['uid', 'uID'],
  ['resourceVersion', 'resourceVersion'],
  ['generation', 'generation'],
  ['creationTimestamp', 'creationTimestamp'],
  ['deletionTimestamp', 'deletionTimestamp'],
  ['deletionGracePeriodSeconds', 'deletionGracePeriodSeconds'],
  ['ownerReferences', 'ownerReferences'],
  ['finalizers', 'finalizers'],
  ['managedFields', 'managedFields'],
] as const

export function* validateTemplateMeta(metadata: ObjectMeta = {}, at: FieldPath): FieldErrors {
  yield* validateAnnotations(metadata.annotations, at.field('annotations'))
  yield* validateLabels(metadata.labels, at.field('labels'))
  for (const [field, shown] of ownFields) if (metadata[field] !== undefined) yield forbiddenField(at.field(shown), 'cannot be set')
}
