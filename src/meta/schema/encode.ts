/** What the wire has and our objects lack: Go's order of fields, and nulls where it always writes a list, a map or a time that is empty. */
import { sortedKeys } from '#base/collections/sorted-keys'
import { isJsonObject, type JsonObject } from './go-type.ts'
import type { Schema } from './schema.ts'

/**
 * The value to hand to `JSON.stringify`, so that the bytes equal upstream's: fields in the schema's order, and
 * nulls (`"rules":null`, `"lastProbeTime":null`). Shares what need not change with `value`.
 */
export function wireForm(schema: Schema, value: unknown): unknown {
  if (schema.type !== 'object' && schema.type !== 'array') return value
  if (Array.isArray(value)) return schema.items === undefined || isScalar(schema.items) ? value : listOf(schema.items, value)
  if (!isJsonObject(value)) return value
  if (schema.values !== undefined) return mapOf(schema.values, value)
  return schema.properties === undefined ? value : struct(schema, value)
}

function isScalar({ type }: Schema): boolean {
  return type !== 'object' && type !== 'array'
}

/** A value off the wire without its nulls: the inverse, for what needs no decoding because we or another API server wrote it. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])))
}

function listOf(items: Schema, value: readonly unknown[]): readonly unknown[] {
  return value.map((item) => wireForm(items, item))
}

/** As Go: by key, wherever the entries came from. */
function mapOf(values: Schema, value: JsonObject): JsonObject {
  if (isScalar(values) && isSorted(Object.keys(value))) return value
  return Object.fromEntries(sortedKeys(value).map((key) => [key, wireForm(values, value[key])]))
}

function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index++) if ((keys[index - 1] ?? '') > (keys[index] ?? '')) return false
  return true
}

type Field = { readonly name: string; readonly schema: Schema; readonly writesNull: boolean }

const fieldsOfSchemas = new WeakMap<Schema, readonly Field[]>()

function fieldsOf(schema: Schema): readonly Field[] {
  let fields = fieldsOfSchemas.get(schema)
  if (fields === undefined) {
    fields = Object.entries(schema.properties ?? {}).map(([name, field]) => ({
      name,
      schema: field,
      writesNull: schema.writesNull?.includes(name) === true,
    }))
    fieldsOfSchemas.set(schema, fields)
  }
  return fields
}

function struct(schema: Schema, value: JsonObject): JsonObject {
  const written: Record<string, unknown> = {}
  for (const { name, schema: field, writesNull } of fieldsOf(schema)) {
    const inner = value[name]
    if (inner === undefined || (writesNull && isEmptyList(inner))) {
      if (writesNull) written[name] = null
    } else {
      written[name] = wireForm(field, inner)
    }
  }
  return schema.preserveUnknown === true ? { ...written, ...unknownOf(schema, value) } : written
}

function unknownOf({ properties = {} }: Schema, value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !Object.hasOwn(properties, name)))
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
