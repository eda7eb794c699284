/** The tables of `kubectl get`: one request a query, one table a type. */
import { resourcePath } from '#meta/kind'
import { hasReason } from '#meta/status'
import { ageOf } from '#meta/table'
import type { GetCall } from '../commands/get.ts'
import { throwAll, withSelectors } from '../errors.ts'
import { sortedBy } from '../print/sort.ts'
import { isTable, plainTable, type Table, type TableLook, TableText, tableAccept } from '../print/table.ts'
import type { Query, Resolved } from '../resources/queries.ts'
import { type ApiResource, qualifiedName } from '../resources/resource-catalog.ts'
import { type AnyObject, fieldsOf } from '../resources/unstructured.ts'

type TypedTable = { readonly resource: ApiResource; readonly table: Table }

export async function showTables(call: GetCall, { queries, errors }: Resolved): Promise<void> {
  const failures = [...errors]
  const tables: TypedTable[] = []
  for (const query of queries) {
    try {
      tables.push({ resource: query.resource, table: await tableOf(call, query) })
    } catch (error) {
      if (!(call.flags['ignore-not-found'] && hasReason(error, 'NotFound'))) failures.push(error)
    }
  }
  const filled = tables.filter(({ table }) => table.rows.length > 0)
  if (filled.length > 0) printTables(call, filled, typeCount(tables) > 1)
  else if (failures.length === 0 && !call.flags['ignore-not-found']) await sayNothingFound(call, queries)
  throwAll(failures)
}

function typeCount(tables: readonly TypedTable[]): number {
  return new Set(tables.map(({ resource }) => `${resource.plural}.${resource.group}`)).size
}

/** All pages of a query's table. */
export async function tableOf(call: GetCall, query: Query): Promise<Table> {
  const { flags, cluster } = call
  const isObject = query.type === 'object'
  const path = resourcePath(query.resource, query.namespace, isObject ? encodeURIComponent(query.name) : undefined, flags.subresource)
  const selectors = isObject
    ? {}
    : { labelSelector: query.labelSelector, fieldSelector: query.fieldSelector, limit: flags['chunk-size'] || undefined }
  const includeObject = flags['sort-by'] === '' ? undefined : 'Object'
  const pages: Table[] = []
  let token: string | undefined
  do {
    const request = { method: 'GET', path, query: { ...selectors, includeObject, continue: token } } as const
    const { body } = await cluster
      .request({ ...request, ...(flags['server-print'] ? { accept: tableAccept } : {}) })
      .catch((error: unknown) => {
        throw isObject ? error : withSelectors(error, query.resource, selectors)
      })
    pages.push(isTable(body) ? body : untabled(call, body))
    token = continuationOf(body)
  } while (token !== undefined)
  const [first] = pages
  return { columnDefinitions: first?.columnDefinitions ?? [], rows: pages.flatMap((page) => page.rows ?? []) }
}

function continuationOf(body: unknown): string | undefined {
  const token = fieldsOf(fieldsOf(body)['metadata'])['continue']
  return typeof token === 'string' && token !== '' ? token : undefined
}

/** For servers that make no tables. */
function untabled({ host }: GetCall, body: unknown): Table {
  const { items } = fieldsOf(body)
  const objects = Array.isArray(items) ? (items as readonly AnyObject[]) : [body as AnyObject]
  return plainTable(objects, (object) => ageOf(object.metadata.creationTimestamp, host.clock.nowMs()))
}

export function lookOf({ flags }: GetCall, resource: ApiResource, showsKind: boolean): TableLook {
  return {
    isWide: flags.output === 'wide',
    noHeaders: flags['no-headers'],
    showsNamespace: flags['all-namespaces'] && resource.scope === 'Namespaced',
    showsLabels: flags['show-labels'],
    labelColumns: flags['label-columns'],
    namePrefix: showsKind || flags['show-kind'] ? qualifiedName(resource, '') : '',
  }
}

/** Neighbours of one type share a table; tables are set apart by an empty line. */
function printTables(call: GetCall, tables: readonly TypedTable[], showsKind: boolean): void {
  const { flags, out } = call
  const groups: { resource: ApiResource; table: Table }[] = []
  for (const { resource, table } of tables) {
    const last = groups.at(-1)
    if (last?.resource === resource)
      groups[groups.length - 1] = { resource, table: { ...last.table, rows: [...last.table.rows, ...table.rows] } }
    else groups.push({ resource, table })
  }
  const texts = groups.map(({ resource, table }) => {
    const rows = flags['sort-by'] === '' ? table.rows : sortedBy(flags['sort-by'], table.rows, (row) => row.object)
    return new TableText(lookOf(call, resource, showsKind)).format({ ...table, rows })
  })
  out(texts.join(flags['no-headers'] ? '' : '\n'))
}

async function sayNothingFound({ flags, cluster, err }: GetCall, queries: readonly Query[]): Promise<void> {
  const isNamespaced = queries.some(({ resource }) => resource.scope === 'Namespaced')
  if (flags['all-namespaces'] || !isNamespaced) return err('No resources found\n')
  err(`No resources found in ${(await cluster.namespace()).name} namespace.\n`)
}
