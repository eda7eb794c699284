/** Tables as the server makes them (`meta.k8s.io/v1 Table`), as `kubectl get` shows them. */
import { type AnyObject, fieldsOf } from '../resources/unstructured.ts'
import { TabWriter, tableOptions } from './tab-writer.ts'
import { terminalEscaped } from './terminal-escape.ts'

export type TableColumn = { readonly name: string; readonly type?: string; readonly format?: string; readonly priority?: number }
export type TableRow = { readonly cells: readonly unknown[]; readonly object?: AnyObject }
/** Pieces of a watch that follow the first one come without definitions. */
export type Table = { readonly columnDefinitions?: readonly TableColumn[] | null; readonly rows: readonly TableRow[] }

export type TableLook = {
  readonly isWide: boolean
  readonly noHeaders: boolean
  readonly showsNamespace: boolean
  readonly showsLabels: boolean
  readonly labelColumns: readonly string[]
  /** `pod/` before each name, where several types are shown. */
  readonly namePrefix: string
}

/** What asks the server for a table. */
export const tableAccept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

export function isTable(value: unknown): value is Table {
  return fieldsOf(value)['kind'] === 'Table'
}

/** The table of an object that a server without tables sends: name and age are left to the caller. */
export function plainTable(objects: readonly AnyObject[], ageOf: (object: AnyObject) => string): Table {
  return {
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name' },
      { name: 'Age', type: 'string' },
    ],
    rows: objects.map((object) => ({ cells: [object.metadata.name ?? '', ageOf(object)], object })),
  }
}

/** Prints tables that belong together: columns stay as wide as they were, the header comes once. */
export class TableText {
  readonly #look: TableLook
  readonly #writer = new TabWriter(tableOptions)
  #columns: readonly TableColumn[] | undefined

  constructor(look: TableLook) {
    this.#look = look
  }

  /** `lead` is a first cell for every row, such as the type of a watch event. */
  format(table: Table, lead?: { readonly header: string; readonly cell: string }): string {
    const isFirst = this.#columns === undefined
    const given = table.columnDefinitions ?? []
    const columns = given.length > 0 ? given : (this.#columns ?? [])
    this.#columns = columns
    const header = isFirst && !this.#look.noHeaders ? [this.#line(lead?.header, this.#header(columns))] : []
    const rows = table.rows.map((row) => this.#line(lead?.cell, this.#cells(columns, row)))
    return this.#writer.format([...header, ...rows].join(''))
  }

  #line(lead: string | undefined, cells: readonly string[]): string {
    return `${(lead === undefined ? cells : [lead, ...cells]).join('\t')}\n`
  }

  #header(columns: readonly TableColumn[]): readonly string[] {
    const { showsNamespace, showsLabels, labelColumns } = this.#look
    return [
      ...(showsNamespace ? ['NAMESPACE'] : []),
      ...columns.filter((column) => this.#isShown(column)).map(({ name }) => name.toUpperCase()),
      ...labelColumns.map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase()),
      ...(showsLabels ? ['LABELS'] : []),
    ]
  }

  #cells(columns: readonly TableColumn[], { cells, object }: TableRow): readonly string[] {
    const { showsNamespace, showsLabels, labelColumns, namePrefix } = this.#look
    const labels: Readonly<Record<string, string>> = object?.metadata?.labels ?? {}
    // A cell that no column names is not shown.
    const shown = columns.flatMap((column, index) =>
      this.#isShown(column) ? [(column.format === 'name' ? namePrefix : '') + cellText(cells[index])] : [],
    )
    return [
      ...(showsNamespace ? [object?.metadata?.namespace ?? ''] : []),
      ...shown,
      ...labelColumns.map((label) => labels[label] ?? ''),
      ...(showsLabels ? [labelText(labels)] : []),
    ]
  }

  #isShown({ priority = 0 }: TableColumn): boolean {
    return this.#look.isWide || priority === 0
  }
}

/** Only the first line of a text is shown. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'object') return JSON.stringify(cell)
  const text = String(cell)
  const lineEnd = text.search(/[\f\n\r]/)
  return terminalEscaped(lineEnd < 0 ? text : `${text.slice(0, lineEnd)}...`)
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`)
  return pairs.length === 0 ? '<none>' : pairs.join(',')
}
