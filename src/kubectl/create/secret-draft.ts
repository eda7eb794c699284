/** The fields of a Secret, and its name where that carries a hash of them. */
import type { Fields } from '../resources/unstructured.ts'
import { contentHash } from './content-hash.ts'
import { checkKeys, type KeyValue } from './key-values.ts'

type SecretOptions = { readonly type: string; readonly appendsHash: boolean }

export function secretDraft(name: string, entries: readonly KeyValue[], { type, appendsHash }: SecretOptions): Fields {
  checkKeys(entries, (key, why) =>
    why === undefined
      ? `cannot add key ${key}, another key by that name already exists`
      : `${JSON.stringify(key)} is not valid key name for a Secret ${why}`,
  )
  const sorted = entries.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const data = Object.fromEntries(sorted.map(({ key, value }) => [key, value.toString('base64')]))
  const hash = contentHash({ data: entries.length === 0 ? '' : data, kind: 'Secret', name, type })
  return {
    metadata: { name: appendsHash ? `${name}-${hash}` : name },
    ...(entries.length === 0 ? {} : { data }),
    ...(type === '' ? {} : { type }),
  }
}
