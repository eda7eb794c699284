/** Label keys whose values a pod adds to a selector of its own (upstream: validateMatchLabelKeysAndMismatchLabelKeys). */
import { type FieldErrors, type FieldPath, forbiddenField, invalid } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { LabelSelector } from '#meta/types.gen'

export function* validateMatchKeys(keys: readonly string[], selector: LabelSelector | undefined, at: FieldPath): FieldErrors {
  if (keys.length === 0) return
  if (selector === undefined) return yield forbiddenField(at, 'must not be specified when labelSelector is not set')
  for (const [index, key] of keys.entries()) yield* invalidEach(at.index(index), key, isQualifiedName(key))
}

export function* validateDisjoint(match: readonly string[], mismatch: readonly string[], at: FieldPath): FieldErrors {
  for (const [index, key] of match.entries())
    if (mismatch.includes(key)) yield invalid(at.index(index), key, 'exists in both matchLabelKeys and mismatchLabelKeys')
}
