/** Data that only some may read: keys with base64 values, of a type that may prescribe keys. */
import { type FieldErrors, FieldPath, forbiddenField, immutable, tooLong } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isConfigMapKey } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { bytesToBase64, decodedLengthOf } from '../base64-text.ts'
import { isSameValue } from '../same-value.ts'
import * as schemas from './schema.gen.ts'
import { validateSecretType } from './secret-types.ts'
import type * as types from './types.gen.ts'

export type Secret = types.Secret
export const Secret: Kind<Secret> = defineKind({
  apiVersion: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  checksMetaAnew: true,
  schema: schemas.Secret,
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', describedBy: 'type', cell: (secret) => secret.type ?? '' },
    { name: 'Data', type: 'string', describedBy: 'data', cell: (secret) => Object.keys(secret.data ?? {}).length },
    ageColumn,
  ],
  defaults: defaultSecret,
  validate: validateSecret,
  update: { prepare: keepType, validate: validateSecretUpdate },
  selectableFields: { type: (secret) => secret.type ?? '' },
})

const bytesMax = 1 << 20
const immutableMessage = 'field is immutable when `immutable` is set'
const encoder = new TextEncoder()

/** `stringData` is a way to write `data` without base64; it is never read back. */
function defaultSecret(secret: Secret): Secret {
  const { stringData, ...rest } = secret
  const typed: Secret = { ...rest, type: secret.type ?? 'Opaque' }
  if (stringData === undefined) return typed
  const encoded = Object.entries(stringData).map(([key, text]) => [key, bytesToBase64(encoder.encode(text))])
  return { ...typed, data: { ...secret.data, ...Object.fromEntries(encoded) } }
}

function* validateSecret(secret: Secret): FieldErrors {
  const data = FieldPath.of('data')
  let byteCount = 0
  // A null among the values is a value without bytes.
  for (const [key, value] of Object.entries<string | null>(secret.data ?? {})) {
    yield* invalidEach(data.key(key), key, isConfigMapKey(key))
    byteCount += decodedLengthOf(value)
  }
  if (byteCount > bytesMax) yield tooLong(data, bytesMax)
  yield* validateSecretType(secret)
}

/** As upstream: an update that does not say the type means the old one. */
function keepType(next: Secret, old: Secret): Secret {
  return next.type === undefined || next.type === '' ? { ...next, type: old.type } : next
}

function* validateSecretUpdate(next: Secret, old: Secret): FieldErrors {
  yield* immutable(FieldPath.of('type'), next.type, old.type)
  if (old.immutable !== true) return
  if (next.immutable !== true) yield forbiddenField(FieldPath.of('immutable'), immutableMessage)
  if (!isSameValue(next.data, old.data)) yield forbiddenField(FieldPath.of('data'), immutableMessage)
}
