/**
 * One step of a path as `fieldsV1` writes it: `f:` a field, `k:` an entry of a list with keys, `v:` an entry of a set, `i:` an
 * index, and `.` the field itself.
 */
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'

const kinds = '.fkvi'

/** The order of upstream: fields by name, then entries by their keys, then values, then indexes. */
export function compareElements(a: string, b: string): number {
  if (isPlain(a) && isPlain(b)) return compareTexts(a, b)
  const byKind = kinds.indexOf(a.charAt(0)) - kinds.indexOf(b.charAt(0))
  if (byKind !== 0) return byKind
  if (a === '.') return 0
  const [left, right] = [valueOf(a), valueOf(b)]
  return isJsonObject(left) && isJsonObject(right) ? compareKeys(left, right) : compareValues(left, right)
}

const plainName = /^k:\{"name":"[\w./-]*"\}$/

/** Whether the text of an element sorts as what it stands for does: fields, and entries known by their names alone. */
function isPlain(element: string): boolean {
  return element.startsWith('f:') || plainName.test(element)
}

function valueOf(element: string): unknown {
  return JSON.parse(element.slice(2))
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareKeys(a: JsonObject, b: JsonObject): number {
  const [left, right] = [Object.keys(a), Object.keys(b)]
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [mine, theirs] = [left[at] ?? '', right[at] ?? '']
    const order = compareTexts(mine, theirs) || compareValues(a[mine], b[theirs])
    if (order !== 0) return order
  }
  return left.length - right.length
}

const sorts = ['number', 'string', 'boolean', 'object']

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b)
  return sorts.indexOf(typeof a) - sorts.indexOf(typeof b) || Number(a) - Number(b)
}

/** A path as messages write it: `.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"]`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('')
}

export function elementText(element: string): string {
  const rest = element.slice(2)
  switch (element.charAt(0)) {
    case 'f':
      return `.${rest}`
    case 'k':
      return `[${Object.entries(valueOf(element) as JsonObject)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`
    case 'v':
      return `[=${rest}]`
    default:
      return `[${rest}]`
  }
}
