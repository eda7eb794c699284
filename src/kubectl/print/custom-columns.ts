/** `-o custom-columns=NAME:.metadata.name,...`: a table whose cells are paths. */
import { CommandError } from '../errors.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { compactJson } from './json.ts'
import { findValues, type JsonPathTemplate, parseTemplate, relaxedPath } from './jsonpath.ts'
import { TabWriter, tableOptions } from './tab-writer.ts'

type Column = { readonly header: string; readonly template: JsonPathTemplate }
type TableText = (objects: readonly AnyObject[]) => string

export function customColumns(spec: string, noHeaders: boolean): TableText {
  const columns = spec.split(',').map((part): Column => {
    const colon = part.indexOf(':')
    if (colon < 0) throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return { header: part.slice(0, colon), template: parseTemplate(relaxedPath(part.slice(colon + 1))) }
  })
  return tableOf(columns, noHeaders)
}

/** A file holds headers in its first line and paths in its second. */
export function customColumnsOfFile(content: string, noHeaders: boolean): TableText {
  const [headers = [], paths = []] = content.split('\n').map((line) => line.trim().split(/\s+/))
  if (headers.length !== paths.length)
    throw new CommandError(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`)
  return tableOf(
    headers.map((header, index) => ({ header, template: parseTemplate(relaxedPath(paths[index] ?? '')) })),
    noHeaders,
  )
}

function tableOf(columns: readonly Column[], noHeaders: boolean): TableText {
  const writer = new TabWriter(tableOptions)
  let hasHeader = noHeaders
  return (objects) => {
    const rows = objects.map((object) => columns.map(({ template }) => cellText(findValues(template, object))))
    const lines = hasHeader ? rows : [columns.map(({ header }) => header), ...rows]
    hasHeader = true
    return writer.format(lines.map((line) => `${line.join('\t')}\n`).join(''))
  }
}

function cellText(values: readonly unknown[]): string {
  if (values.length === 0) return '<none>'
  return values.map(goText).join(',')
}

/** As Go prints values: maps and lists in its own notation. */
function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value !== 'object') return typeof value === 'string' ? value : compactJson(value)
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `map[${fields.map(([key, inner]) => `${key}:${goText(inner)}`).join(' ')}]`
}
