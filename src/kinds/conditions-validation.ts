/** Conditions of the shared type `metav1.Condition` (upstream: metav1validation.ValidateConditions). */
import { duplicate, type FieldErrors, type FieldPath, invalid, notSupported, required, tooLong } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { Condition } from '#meta/types.gen'
import { validateNotNegative } from './number-validation.ts'

const reasonBytesMax = 1024
const messageBytesMax = 32 * 1024

export function* validateConditions(conditions: readonly Condition[] = [], at: FieldPath): FieldErrors {
  const types = new Set<string>()
  for (const [index, condition] of conditions.entries()) {
    const { type = '' } = condition
    if (types.has(type)) yield duplicate(at.index(index).field('type'), type)
    types.add(type)
    yield* validateCondition(condition, at.index(index))
  }
}

function* validateCondition(condition: Condition, at: FieldPath): FieldErrors {
  const { type = '', status = '', observedGeneration, lastTransitionTime, reason = '', message = '' } = condition
  yield* invalidEach(at.field('type'), type, isQualifiedName(type))
  if (!['True', 'False', 'Unknown'].includes(status)) yield notSupported(at.field('status'), status, ['False', 'True', 'Unknown'])
  yield* validateNotNegative(observedGeneration, at.field('observedGeneration'))
  if (lastTransitionTime === undefined || lastTransitionTime === null) yield required(at.field('lastTransitionTime'))
  yield* validateReason(reason, at.field('reason'))
  if (message.length > messageBytesMax) yield tooLong(at.field('message'), messageBytesMax)
}

const reasonText = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const reasonPattern = new RegExp(`^${reasonText}$`)
const reasonMessage =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with " +
  "an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', " +
  `regex used for validation is '${reasonText}')`

function* validateReason(reason: string, at: FieldPath): FieldErrors {
  if (reason === '') return yield required(at)
  if (!reasonPattern.test(reason)) yield invalid(at, reason, reasonMessage)
  if (reason.length > reasonBytesMax) yield tooLong(at, reasonBytesMax)
}
