/** JSON values as Go names and prints them, for error messages. */
import { isJsonObject } from '../schema/go-type.ts'
import { isExactNumber } from '../schema/json.ts'

/** What Go's decoder calls a JSON value. */
export function goSortOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (isExactNumber(value)) return 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** `map[image:x name:[a b]]`, as Go's `%v`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isJsonObject(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key])}`)
  return `map[${members.join(' ')}]`
}
