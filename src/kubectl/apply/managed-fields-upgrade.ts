/**
 * From client-side to server-side apply: what the client-side manager owns goes to the manager of server-side apply, or fields
 * that are taken out of a file would stay for ever. Pure.
 */
import { type AnyObject, type Fields, fieldsOf } from '../resources/unstructured.ts'

type Entry = NonNullable<AnyObject['metadata']['managedFields']>[number]

/** Entries as they should be; undefined where client-side apply owns nothing. */
export function upgradedManagedFields(
  entries: readonly Entry[],
  clientManager: string,
  serverManager: string,
): readonly Entry[] | undefined {
  const isClients = (entry: Entry) => entry.operation === 'Update' && entry.manager === clientManager && !entry.subresource
  const own = entries.filter(isClients)
  const [first] = own
  if (first === undefined) return undefined
  const isServers = (entry: Entry) => entry.operation === 'Apply' && entry.manager === serverManager && !entry.subresource
  const target = entries.find(isServers) ?? { ...first, manager: serverManager, operation: 'Apply' }
  const upgraded = {
    ...target,
    fieldsV1: own.reduce((fields, entry) => union(fields, fieldsOf(entry.fieldsV1)), fieldsOf(target.fieldsV1)),
  }
  const others = entries.filter((entry) => !isClients(entry) && !isServers(entry))
  return [upgraded, ...others]
}

/** Sets of fields are nested objects. */
function union(a: Fields, b: Fields): Fields {
  const added = Object.entries(b).map(([key, inner]) => [key, a[key] === undefined ? inner : union(fieldsOf(a[key]), fieldsOf(inner))])
  return { ...a, ...Object.fromEntries(added) }
}
