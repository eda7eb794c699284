/** Limits of numbers, with upstream's texts. */
import { type FieldErrors, type FieldPath, invalid } from '#meta/field-path'
import { betweenMessage } from '#meta/names'
import { sizeOf } from '#meta/schema/json'

export const notNegativeMessage = 'must be greater than or equal to 0'

export function* validateNotNegative(value: number | undefined, at: FieldPath): FieldErrors {
  if (value !== undefined && sizeOf(value) < 0) yield invalid(at, value, notNegativeMessage)
}

export function* validatePositive(value: number | undefined, at: FieldPath): FieldErrors {
  if (value !== undefined && sizeOf(value) <= 0) yield invalid(at, value, 'must be greater than 0')
}

export function* validateBetween(value: number | undefined, least: number, most: number, at: FieldPath): FieldErrors {
  if (value !== undefined && (sizeOf(value) < least || sizeOf(value) > most)) yield invalid(at, value, betweenMessage(least, most))
}

export function* validatePort(port: number | undefined, at: FieldPath): FieldErrors {
  yield* validateBetween(port ?? 0, 1, 65535, at)
}
