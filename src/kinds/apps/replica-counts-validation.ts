/** The counters of a status: none below zero, and none above the number of all. */
import { type FieldErrors, FieldPath, invalid } from '#meta/field-path'
import { notNegativeMessage } from '../number-validation.ts'

type Counters = Readonly<Record<string, number | undefined>>

const status = FieldPath.of('status')

export function* validateCounts(counters: Counters): FieldErrors {
  for (const [field, value] of Object.entries(counters)) {
    if (value !== undefined && value < 0) yield invalid(status.field(field), value, notNegativeMessage)
  }
}

export function* validateWithin(counters: Counters, all: number, nameOfAll = 'status.replicas'): FieldErrors {
  for (const [field, value = 0] of Object.entries(counters)) {
    if (value > all) yield invalid(status.field(field), value, `cannot be greater than ${nameOfAll}`)
  }
}
