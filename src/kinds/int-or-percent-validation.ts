/** Amounts that are a count or a share of all. */
import { type FieldErrors, type FieldPath, invalid } from '#meta/field-path'
import { percentOf } from '#meta/int-or-string'
import { isPercent } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { IntOrString } from '#meta/types.gen'
import { notNegativeMessage } from './number-validation.ts'

export function* validateCountOrPercent(value: IntOrString, at: FieldPath): FieldErrors {
  if (typeof value === 'string') yield* invalidEach(at, value, isPercent(value))
  else if (value < 0) yield invalid(at, value, notNegativeMessage)
}

export function* validateAtMostAll(value: IntOrString, at: FieldPath): FieldErrors {
  const percent = percentOf(value)
  if (percent !== undefined && percent > 100) yield invalid(at, value, 'must not be greater than 100%')
}
