/** For tests: what a kind's rules say of a new object or of an update, as an API server would answer it. */
import { defaulted } from '#meta/defaulted'
import type { FieldError } from '#meta/field-path'
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

/** `old` is what the object was. */
export type UpdateRow = Row & { readonly old: Row['object'] }

export function rowsOf<R extends Row>(text: string): readonly R[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as R)
}

const facts = { nowMs: 0, subresource: '' }

/** Null where nothing is wrong. */
export function refusalOf(kind: Kind, object: Row['object']): string | null {
  const sent = decoded(kind, object)
  const ready = kind.prepareCreate?.(sent, facts) ?? sent
  const { validateName, takesBareFinalizers, namesByGeneratedRules } = kind
  const rules = { isNamespaced: kind.scope === 'Namespaced', validateName, takesBareFinalizers, namesByGeneratedRules }
  return messageOf(kind, ready, [
    ...(kind.checksOwnMeta === true ? [] : validateObjectMeta(ready.metadata, rules)),
    ...(kind.validate?.(ready, facts) ?? []),
    ...(kind.validateCreate?.(ready, facts) ?? []),
  ])
}

/** Metadata does not change here. */
export function updateRefusalOf(kind: Kind, object: Row['object'], former: Row['object']): string | null {
  const [sent, old] = [decoded(kind, object), decoded(kind, former)]
  const ready = kind.update.prepare?.(sent, old, facts) ?? sent
  return messageOf(kind, ready, [
    ...(kind.update.validatesAlone === true ? [] : (kind.validate?.(ready, facts) ?? [])),
    ...(kind.update.validate?.(ready, old, facts) ?? []),
  ])
}

function decoded(kind: Kind, object: Row['object']): KubeObject {
  const namespace = kind.scope === 'Namespaced' ? { namespace: 'default' } : {}
  const typed = { ...object, apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...object.metadata, ...namespace } }
  return defaulted(kind, decode<KubeObject>(kind.schema, typed))
}

function messageOf(kind: Kind, { metadata }: KubeObject, errors: readonly FieldError[]): string | null {
  return errors.length === 0 ? null : invalidObject(kind.storedAs?.kind ?? kind, metadata.name ?? '', errors).message
}
