/** JSON as kubectl prints it: four spaces, sorted keys, and Go's escapes of what could be HTML. */
export function formatJson(value: unknown, keepsOrder = false): string {
  return `${escaped(JSON.stringify(keepsOrder ? value : sortedKeys(value), undefined, 4))}\n`
}

/** One line, as jsonpath shows objects and annotations hold them. */
export function compactJson(value: unknown): string {
  return escaped(JSON.stringify(sortedKeys(value)))
}

/** As Go's encoder: safe inside of HTML. */
export function escaped(text: string): string {
  return text
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}

/** A copy whose objects have their keys in order of bytes. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).sort(byCodePoint)
  return Object.fromEntries(keys.map((key) => [key, sortedKeys((value as Readonly<Record<string, unknown>>)[key])]))
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
