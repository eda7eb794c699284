/** A deep copy of a JSON value; integers kept as their digits stay so, which `structuredClone` would break. */
import { isJsonObject } from '../schema/go-type.ts'

export function cloned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloned)
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cloned(inner)])) : value
}
