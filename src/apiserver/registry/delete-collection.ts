/** DELETE of a collection: every object that the selectors name, one by one. */
import type { Kind } from '#meta/kind'
import { hasReason } from '#meta/status'
import type { ObjectEntry } from '../cache/cache-entry.ts'
import type { Answer, Exchange } from '../exchange.ts'
import { deleteOptionsOf } from '../request/delete-options.ts'
import { listOptionsOf } from '../request/list-options.ts'
import { deleteKey, warnOfPropagation } from './delete.ts'
import { readPage } from './list.ts'
import { listBody } from './list-body.ts'
import type { Registry } from './registry.ts'

export async function deleteCollection(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const listOptions = listOptionsOf(listQuery(exchange.request.query), false)
  const options = await deleteOptionsOf(exchange.request)
  warnOfPropagation(exchange, kind, options)
  const page = await readPage(registry, exchange, kind, listOptions)
  const deleted: ObjectEntry[] = []
  for (const entry of page.entries) {
    exchange.signal.throwIfAborted()
    try {
      await deleteKey(registry, exchange, kind, entry.key, options)
      // As upstream: the answer shows the objects as they were found.
      deleted.push(entry)
    } catch (error) {
      // Someone else was quicker.
      if (!hasReason(error, 'NotFound')) throw error
    }
  }
  return { status: 200, body: listBody(kind, { ...page, entries: deleted }) }
}

/** The options of the deletion stand in the same query. */
function listQuery(query: URLSearchParams): URLSearchParams {
  const list = new URLSearchParams(query)
  for (const name of ['gracePeriodSeconds', 'propagationPolicy', 'orphanDependents', 'dryRun']) list.delete(name)
  return list
}
