/** A value as Go's `%#v` prints what came out of JSON: kubectl shows it where a JSONPath template fails. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `map[string]interface {}{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${goSyntax(inner)}`).join(', ')}}`
}
