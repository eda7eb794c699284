/** Configuration kept apart from the image that reads it: keys with text or binary values. */
import { type FieldErrors, FieldPath, forbiddenField, invalid, tooLong } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isConfigMapKey } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { decodedLengthOf } from '../base64-text.ts'
import { isSameValue } from '../same-value.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ConfigMap = types.ConfigMap
export const ConfigMap: Kind<ConfigMap> = defineKind({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  scope: 'Namespaced',
  checksMetaAnew: true,
  schema: schemas.ConfigMap,
  columns: [nameColumn, { name: 'Data', type: 'string', describedBy: 'data', cell: keyCountOf }, ageColumn],
  defaults: withoutNulls,
  validate: validateConfigMap,
  update: { validate: validateImmutability },
})

/** Bytes that are null are none. */
function withoutNulls(map: ConfigMap): ConfigMap {
  const entries = Object.entries<string | null>(map.binaryData ?? {})
  if (!entries.some(([, bytes]) => bytes === null)) return map
  return { ...map, binaryData: Object.fromEntries(entries.map(([key, bytes]) => [key, bytes ?? ''])) }
}

const bytesMax = 1 << 20
const immutableMessage = 'field is immutable when `immutable` is set'

function* validateConfigMap(map: ConfigMap): FieldErrors {
  const [data, binaryData] = [FieldPath.of('data'), FieldPath.of('binaryData')]
  for (const key of Object.keys(map.data ?? {})) {
    yield* invalidEach(data.key(key), key, isConfigMapKey(key))
    if (map.binaryData?.[key] !== undefined) yield invalid(data.key(key), key, 'duplicate of key present in binaryData')
  }
  for (const key of Object.keys(map.binaryData ?? {})) yield* invalidEach(binaryData.key(key), key, isConfigMapKey(key))
  if (byteCountOf(map) > bytesMax) yield tooLong(FieldPath.of('[]'), bytesMax)
}

/** Once `immutable` is set, neither it nor the data can change. */
function* validateImmutability(next: ConfigMap, old: ConfigMap): FieldErrors {
  if (old.immutable !== true) return
  if (next.immutable !== true) yield forbiddenField(FieldPath.of('immutable'), immutableMessage)
  if (!isSameValue(next.data, old.data)) yield forbiddenField(FieldPath.of('data'), immutableMessage)
  if (!isSameValue(next.binaryData, old.binaryData)) yield forbiddenField(FieldPath.of('binaryData'), immutableMessage)
}

function keyCountOf(map: ConfigMap): number {
  return Object.keys(map.data ?? {}).length + Object.keys(map.binaryData ?? {}).length
}

const encoder = new TextEncoder()

function byteCountOf(map: ConfigMap): number {
  const text = Object.values(map.data ?? {}).reduce((sum, value) => sum + encoder.encode(value).length, 0)
  return Object.values(map.binaryData ?? {}).reduce((sum, value) => sum + decodedLengthOf(value), text)
}
