/** The selectors and namespace of a request as a filter over the cache. */
import { type FieldSelector, matchesFields, requiredFieldValue } from '#meta/fields'
import type { Kind } from '#meta/kind'
import { matches, type Selector } from '#meta/labels'
import type { KubeObject } from '#meta/object'
import { badRequest } from '#meta/status'
import type { KindView } from '../cache/kind-view.ts'
import type { ObjectFilter } from '../cache/watcher.ts'
import type { ListOptions } from '../request/list-options.ts'

/** Throws 400 for fields that the kind does not offer. */
export function filterOf(view: KindView, namespace: string, { labels, fields }: Pick<ListOptions, 'labels' | 'fields'>): ObjectFilter {
  const keyPrefix = view.prefixOf(namespace)
  if (labels.length === 0 && fields.length === 0) return { keyPrefix }
  for (const { field } of fields) checkField(view.kind, field)
  const rules = { kind: view.kind, labels, fields }
  return { keyPrefix: narrowed(view, namespace, fields) ?? keyPrefix, matches: (entry) => selects(rules, entry.object()) }
}

type Rules = { readonly kind: Kind; readonly labels: Selector; readonly fields: FieldSelector }

function selects({ kind, labels, fields }: Rules, object: KubeObject): boolean {
  return matches(labels, object.metadata.labels) && matchesFields(fields, (field) => fieldOf(kind, field, object))
}

function fieldOf(kind: Kind, field: string, object: KubeObject): string {
  if (field === 'metadata.name') return object.metadata.name ?? ''
  if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
  return kind.selectableFields[field]?.(object) ?? ''
}

function checkField(kind: Kind, field: string): void {
  if (field === 'metadata.name' || (field === 'metadata.namespace' && kind.scope === 'Namespaced')) return
  if (Object.hasOwn(kind.selectableFields, field)) return
  throw badRequest(unknownField(kind, field))
}

/** As upstream, whose kinds with selectable fields answer in words of their own. */
function unknownField(kind: Kind, field: string): string {
  if (Object.keys(kind.selectableFields).length === 0) {
    return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
  }
  return kind.group === '' ? `field label not supported: ${field}` : `field label ${JSON.stringify(field)} not supported for ${kind.kind}`
}

/** A selector of one name reads one key, and one of a namespace that namespace only. Other objects may share the prefix: `matches` decides. */
function narrowed(view: KindView, namespace: string, fields: FieldSelector): string | undefined {
  const wantedNamespace = namespace === '' ? requiredFieldValue(fields, 'metadata.namespace') : namespace
  if (wantedNamespace === undefined || wantedNamespace === '' || wantedNamespace.includes('/')) return undefined
  return view.prefixOf(wantedNamespace)
}
