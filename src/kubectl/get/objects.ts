/** `kubectl get -o FORMAT`: one object as it is, several as a list. */
import { hasReason } from '#meta/status'
import type { Cluster } from '../cluster.ts'
import type { GetCall } from '../commands/get.ts'
import { throwAll } from '../errors.ts'
import type { Printer } from '../print/formats.ts'
import { sortedBy } from '../print/sort.ts'
import { getObject, listObjects } from '../resources/access.ts'
import type { Query, Resolved } from '../resources/queries.ts'
import type { ApiResource } from '../resources/resource-catalog.ts'
import type { AnyObject } from '../resources/unstructured.ts'

type Item = { readonly object: AnyObject; readonly resource: ApiResource }

export async function showObjects(call: GetCall, { queries, errors, isSingle }: Resolved, print: Printer, cluster: Cluster): Promise<void> {
  const failures = [...errors]
  const found: Item[] = []
  for (const query of queries) {
    try {
      found.push(...(await itemsOf(call, query, cluster)))
    } catch (error) {
      if (!(call.flags['ignore-not-found'] && hasReason(error, 'NotFound'))) failures.push(error)
    }
  }
  const items = call.flags['sort-by'] === '' ? found : sortedBy(call.flags['sort-by'], found, ({ object }) => object)
  const [first] = items
  if (isSingle && first !== undefined) call.out(print(first))
  else if (!isSingle && (items.length > 0 || failures.length === 0)) call.out(print({ object: listObject(items), items }))
  throwAll(failures)
}

async function itemsOf({ flags }: GetCall, query: Query, cluster: Cluster): Promise<readonly Item[]> {
  const { resource } = query
  if (query.type === 'object') return [{ resource, object: await getObject(cluster, query, flags.subresource || undefined) }]
  const selectors = { labelSelector: query.labelSelector, fieldSelector: query.fieldSelector, limit: flags['chunk-size'] || undefined }
  const { items = [] } = await listObjects(cluster, resource, query.namespace, selectors)
  return items.map((object) => ({ resource, object }))
}

/** Objects of any types side by side: `v1 List`. */
function listObject(items: readonly Item[]): AnyObject {
  return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: items.map(({ object }) => object) }
}
