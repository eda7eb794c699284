/** Label selectors inside of objects. */
import { type FieldErrors, type FieldPath, forbiddenField, invalid, required } from '#meta/field-path'
import { isLabelValue, isQualifiedName } from '#meta/names'
import { invalidEach, validateLabels } from '#meta/object-meta-validation'
import type { LabelSelector, LabelSelectorRequirement } from '#meta/types.gen'

export function* validateLabelSelector(selector: LabelSelector | undefined, at: FieldPath): FieldErrors {
  if (selector === undefined) return
  yield* validateLabels(selector.matchLabels, at.field('matchLabels'))
  for (const [index, expression] of (selector.matchExpressions ?? []).entries()) {
    yield* validateExpression(expression, at.field('matchExpressions').index(index))
  }
}

export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0
}

function* validateExpression({ key, operator, values = [] }: LabelSelectorRequirement, at: FieldPath): FieldErrors {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) yield required(at.field('values'), "must be specified when `operator` is 'In' or 'NotIn'")
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) yield forbiddenField(at.field('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      break
    default:
      yield invalid(at.field('operator'), operator, 'not a valid selector operator')
  }
  yield* invalidEach(at.field('key'), key, isQualifiedName(key))
  for (const [index, value] of values.entries()) yield* invalidEach(at.field('values').index(index), value, isLabelValue(value))
}
