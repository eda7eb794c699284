/** Which objects a reader wants to see, and how to find them without asking each. */
import { setImmediate as letOthersRun } from 'node:timers/promises'
import { type FieldSelector, formatFieldSelector, matchesFields, requiredFieldValue } from '#meta/fields'
import { formatSelector, matches, type Selector } from '#meta/labels'
import type { CacheEntry, ObjectEntry } from './cache-entry.ts'
import type { KindView } from './kind-view.ts'

export type ObjectFilter = {
  /** Two filters with the same text want the same objects. */
  readonly text: string
  /** Objects with other keys are not wanted. */
  readonly keyPrefix: string
  /** The one key that is wanted. */
  readonly key?: string
  /** A value that a field has to have. */
  readonly field?: { readonly name: string; readonly value: string }
  /** Without it, all under the prefix are wanted. */
  readonly matches?: (entry: ObjectEntry) => boolean
}

/** The fields are among those that the kind offers; `namespace` is '' for all. */
export function objectFilter(view: KindView, namespace: string, labels: Selector, fields: FieldSelector): ObjectFilter {
  const wantedNamespace = partOfKey(namespace) ?? partOfKey(requiredFieldValue(fields, 'metadata.namespace'))
  const keyPrefix = view.prefixOf(namespace === '' ? wantedNamespace : namespace)
  const text = [keyPrefix, formatSelector(labels), formatFieldSelector(fields)].join('|')
  if (labels.length === 0 && fields.length === 0) return { text, keyPrefix }
  const { read, valueOf } = view.facts
  const readers = new Map(fields.map(({ field }) => [field, valueOf(field)]))
  const selects = (entry: ObjectEntry) => {
    const facts = entry.facts(read)
    return matches(labels, facts.labels) && matchesFields(fields, (field) => readers.get(field)?.(facts) ?? '')
  }
  const name = partOfKey(requiredFieldValue(fields, 'metadata.name'))
  const isOneObject = name !== undefined && (view.kind.scope === 'Cluster' || keyPrefix !== view.cache.prefix)
  const key = isOneObject ? { key: `${keyPrefix}${name}` } : {}
  const required = fields.find(({ operator }) => operator === '=')
  const field = required === undefined ? {} : { field: { name: required.field, value: required.value } }
  return { text, keyPrefix, ...key, ...field, matches: selects }
}

/** What can stand between two slashes of a key. */
function partOfKey(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text.includes('/') ? undefined : text
}

export function wants(view: KindView, { keyPrefix, key, matches }: ObjectFilter, entry: CacheEntry | undefined): boolean {
  if (entry === undefined) return false
  if (key !== undefined && entry.key !== key) return false
  return entry.key.startsWith(keyPrefix) && (matches === undefined || matches(view.served(entry)))
}

/** So many objects are decoded before others get their turn. */
const decodedAtOnce = 500

/** Reads what the filter asks of objects that nobody has selected yet: of a hundred thousand, that takes a second. */
export async function readFacts(view: KindView, filter: ObjectFilter): Promise<void> {
  if (filter.matches === undefined || view.cache.size <= decodedAtOnce) return
  for (let afterKey: string | undefined; ; ) {
    let count = 0
    for (const entry of candidates(view, filter, afterKey)) {
      const served = view.served(entry)
      if (served.hasFacts) continue
      served.facts(view.facts.read)
      afterKey = entry.key
      if (++count === decodedAtOnce) break
    }
    if (count < decodedAtOnce) return
    await letOthersRun()
  }
}

/** The entries that are wanted, in order, behind `afterKey` if given. Not to be kept open across an await. */
export function* wanted(view: KindView, filter: ObjectFilter, afterKey?: string): Generator<ObjectEntry, void> {
  for (const entry of candidates(view, filter, afterKey)) {
    const served = view.served(entry)
    if (filter.matches === undefined || filter.matches(served)) yield served
  }
}

function candidates({ cache }: KindView, { key, keyPrefix }: ObjectFilter, afterKey?: string): Iterable<CacheEntry> {
  if (key === undefined) return cache.range(keyPrefix, afterKey)
  const entry = afterKey === undefined || afterKey < key ? cache.get(key) : undefined
  return entry === undefined ? [] : [entry]
}
