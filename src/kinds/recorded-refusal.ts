/** For tests: what a kind's rules say of a new object, as an API server would answer it. */
import { defaulted } from '#meta/defaulted'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { validateObjectMeta } from '#meta/object-meta-validation'
import { decode } from '#meta/schema/decode'
import { invalidObject } from '#meta/status'

/** One line of `testdata/*.jsonl`: an object that was sent to an API server v1.36.2, and the message that it answered. */
export type Row = {
  readonly apiVersion: string
  readonly plural: string
  readonly object: { readonly metadata: { readonly name: string } }
  /** Null where the object was taken. */
  readonly refusal: string | null
}

export function rowsOf(text: string): readonly Row[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

/** Null where nothing is wrong. */
export function refusalOf(kind: Kind, object: Row['object']): string | null {
  const namespace = kind.scope === 'Namespaced' ? { namespace: 'default' } : {}
  const typed = { ...object, apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...object.metadata, ...namespace } }
  const facts = { nowMs: 0, subresource: '' }
  const decoded = defaulted(kind, decode<KubeObject>(kind.schema, typed))
  const ready = kind.prepareCreate?.(decoded, facts) ?? decoded
  const { validateName, takesBareFinalizers, namesByGeneratedRules } = kind
  const rules = { isNamespaced: kind.scope === 'Namespaced', validateName, takesBareFinalizers, namesByGeneratedRules }
  const errors = [
    ...(kind.checksOwnMeta === true ? [] : validateObjectMeta(ready.metadata, rules)),
    ...(kind.validate?.(ready, facts) ?? []),
    ...(kind.validateCreate?.(ready, facts) ?? []),
  ]
  return errors.length === 0 ? null : invalidObject(kind.storedAs?.kind ?? kind, ready.metadata.name ?? '', errors).message
}
