/** The selector of what keeps pods from a template. */
import { type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import type { LabelSelector } from '#meta/types.gen'
import { isEmptySelector, validateLabelSelector } from '../label-selector-validation.ts'

export function* validateControllerSelector(selector: LabelSelector | undefined, whenEmpty: string): FieldErrors {
  const at = FieldPath.of('spec', 'selector')
  if (selector === undefined) return yield required(at)
  yield* validateLabelSelector(selector, at)
  if (isEmptySelector(selector)) yield invalid(at, selector, whenEmpty)
}
