/** The selectors and namespace of a request as a filter over the cache. */
import type { Kind } from '#meta/kind'
import { badRequest } from '#meta/status'
import type { KindView } from '../cache/kind-view.ts'
import { type ObjectFilter, objectFilter } from '../cache/object-filter.ts'
import type { ListOptions } from '../request/list-options.ts'

/** Throws 400 for fields that the kind does not offer. */
export function filterOf(view: KindView, namespace: string, { labels, fields }: Pick<ListOptions, 'labels' | 'fields'>): ObjectFilter {
  for (const { field } of fields) {
    if (view.facts.valueOf(field) === undefined) throw badRequest(unknownField(view.kind, field))
  }
  return objectFilter(view, namespace, labels, fields)
}

/** As upstream, whose kinds with selectable fields answer in words of their own. */
function unknownField(kind: Kind, field: string): string {
  if (Object.keys(kind.selectableFields).length === 0) {
    return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
  }
  return ownWords.has(kind.group)
    ? `field label not supported: ${field}`
    : `field label ${JSON.stringify(field)} not supported for ${kind.kind}`
}

const ownWords = new Set(['', 'events.k8s.io'])
