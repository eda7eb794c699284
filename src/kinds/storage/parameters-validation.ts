/** Parameters that a class hands to a storage driver: a few texts by name, not too long in all. */
import { type FieldErrors, type FieldPath, invalid, required, tooLong } from '#meta/field-path'

type Limits = { readonly countMax: number; readonly isRequired: boolean }

const bytesMax = 256 * 1024
const encoder = new TextEncoder()

export function* validateParameters(
  parameters: Readonly<Record<string, string>> | undefined,
  { countMax, isRequired }: Limits,
  at: FieldPath,
): FieldErrors {
  const entries = Object.entries(parameters ?? {})
  if (isRequired && entries.length === 0) return yield required(at, 'must contain at least one key/value pair')
  if (entries.length > countMax) {
    yield { type: 'FieldValueTooLong', path: at.toString(), message: `Too long: may not be more than ${countMax} bytes` }
    return
  }
  if (entries.some(([key]) => key === '')) yield invalid(at, '', 'field can not be empty.')
  const byteCount = entries.reduce((sum, [key, value]) => sum + encoder.encode(key).length + encoder.encode(value).length, 0)
  if (byteCount > bytesMax) yield tooLong(at, bytesMax)
}
