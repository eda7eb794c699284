/** Fields of an object that a client may not change once it is there. */
import { type FieldErrors, type FieldPath, invalid } from '#meta/field-path'
import { isSameValue } from './same-value.ts'

/** As upstream's declarative validation: what is not a plain value is not shown. */
export function* validateUnchanged<T extends object>(next: T, old: T, fields: readonly (keyof T & string)[], at: FieldPath): FieldErrors {
  for (const field of fields) {
    const value = next[field]
    if (!isSameValue(value, old[field])) yield invalid(at.field(field), typeof value === 'object' ? null : value, 'field is immutable')
  }
}
