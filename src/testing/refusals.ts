/** What a kind has against a new object: for tables of bad objects. */
import { defaulted } from '#meta/defaulted'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { decode } from '#meta/schema/decode'

/** `path: message` of each error, in order; `body` is what a client would send, without type and name. */
export function refusals(kind: Kind, body: { readonly [field: string]: unknown }): readonly string[] {
  const object = defaulted(kind, decode<KubeObject>(kind.schema, { apiVersion: kind.apiVersion, kind: kind.kind, ...named(body) }))
  const facts = { nowMs: 0, subresource: '' }
  const prepared = kind.prepareCreate?.(object, facts) ?? object
  const errors = [...(kind.validate?.(prepared, facts) ?? []), ...(kind.validateCreate?.(prepared, facts) ?? [])]
  return errors.map(({ path, message }) => `${path}: ${message}`)
}

function named(body: { readonly [field: string]: unknown }): object {
  const { metadata } = body
  return { ...body, metadata: { name: 'x', ...(typeof metadata === 'object' ? metadata : {}) } }
}
