/** Limits of numbers, with upstream's texts. */
import { type FieldErrors, type FieldPath, invalid } from '#meta/field-path'
import { betweenMessage } from '#meta/names'

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

/** Integers beyond 2^53 are kept by their digits (see `meta/schema/json.ts`), which compare to nothing. */
function sizeOf(value: number): number {
  return typeof value === 'number' ? value : Number(JSON.stringify(value))
}
