/** Equality of JSON values: order of keys does not count, order of lists does. */
import { isJsonObject } from '../schema/go-type.ts'
import { isExactNumber } from '../schema/json.ts'

export function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (isExactNumber(a) && isExactNumber(b)) return JSON.stringify(a) === JSON.stringify(b)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isDeepEqual(item, b[index]))
  if (Array.isArray(a) || Array.isArray(b) || !isJsonObject(a) || !isJsonObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isDeepEqual(a[key], b[key]))
}
