/** Objects that no describer knows, such as custom resources: all fields, by name. */
import { type AnyObject, type Fields, fieldsOf, listOf } from '../resources/unstructured.ts'
import { labelAndAnnotationLines, nameLines } from './identity.ts'
import { byKey, type Lines } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

/** Shown above all others already, or of no interest to a person. */
const skippedPaths: ReadonlySet<string> = new Set([
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
])

export async function describeAny(object: AnyObject, around: Surroundings): Promise<Lines> {
  return [...nameLines(object), ...labelAndAnnotationLines(object), ...fieldLines(object, '', 0), ...(await around.events(object))]
}

function fieldLines(fields: Fields, path: string, level: number): Lines {
  const indent = '  '.repeat(level)
  return Object.entries(fields)
    .toSorted(byKey)
    .flatMap(([field, value]) => {
      const ownPath = `${path}.${field}`
      if (skippedPaths.has(ownPath)) return []
      const label = `${indent}${labelOf(field)}:`
      if (Array.isArray(value)) return [label, ...listOf(value).flatMap((item) => itemLines(item, ownPath, level + 1))]
      if (typeof value === 'object' && value !== null) return [label, ...fieldLines(fieldsOf(value), ownPath, level + 1)]
      return [`${label}\t${goText(value)}`]
    })
}

function itemLines(item: unknown, path: string, level: number): Lines {
  const isObject = typeof item === 'object' && item !== null && !Array.isArray(item)
  return isObject ? fieldLines(fieldsOf(item), path, level) : [`${'  '.repeat(level)}${goText(item)}`]
}

function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  return value === null ? '<nil>' : String(value)
}

const acronyms: ReadonlySet<string> = new Set(['API', 'URL', 'UID', 'OSB', 'GUID'])

/** `lastTransitionTime` as `Last Transition Time`; names that are no words stay as they are. */
export function labelOf(field: string): string {
  if (!/^[\p{L}-]*$/u.test(field)) return field
  // As upstream: three capitals and more keep what follows them (`URLs`, `DNSName`), two do not (`I Ds`).
  const words = field.match(/\p{Lu}{3,}\p{Ll}*|\p{Lu}(?=\p{Lu}\p{Ll})|\p{Lu}\p{Ll}+|\p{Lu}+|\p{Ll}+|-+|\p{L}+/gu) ?? []
  return words
    .map((word) => (acronyms.has(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(' ')
}
