/** What the wire has and our objects lack: nulls where Go always writes a list, a map or a time that is empty. */
import { isJsonObject, type JsonObject } from './go-type.ts'
import type { Schema } from './schema.ts'

/**
 * The value to hand to `JSON.stringify`, so that the bytes equal upstream's (`"rules":null`, `"lastProbeTime":null`).
 * Shares what need not change with `value`; fields stand in the schema's order.
 */
export function withWireNulls(schema: Schema, value: unknown): unknown {
  if (!canHoldNulls(schema)) return value
  if (Array.isArray(value)) return value.map((item) => withWireNulls(schema.items ?? schema, item))
  if (!isJsonObject(value)) return value
  return schema.values === undefined ? struct(schema, value) : mapOf(schema.values, value)
}

/** A value off the wire without its nulls: the inverse, for what needs no decoding because we or another API server wrote it. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])))
}

function mapOf(values: Schema, value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withWireNulls(values, inner)]))
}

function struct(schema: Schema, value: JsonObject): JsonObject {
  const written: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const inner = value[name]
    const writesNull = schema.writesNull?.includes(name) === true
    if (inner === undefined || (writesNull && isEmptyList(inner))) {
      if (writesNull) written[name] = null
    } else {
      written[name] = withWireNulls(field, inner)
    }
  }
  return written
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

const nullHolders = new WeakMap<Schema, boolean>()

/** Whether anything at or below the schema may be written as null. A definition that contains itself counts as holding none by that way. */
function canHoldNulls(schema: Schema): boolean {
  if (schema.type !== 'object' && schema.type !== 'array') return false
  const known = nullHolders.get(schema)
  if (known !== undefined) return known
  nullHolders.set(schema, false)
  const inner = [schema.items, schema.values, ...Object.values(schema.properties ?? {})]
  const answer = schema.writesNull !== undefined || inner.some((one) => one !== undefined && canHoldNulls(one))
  nullHolders.set(schema, answer)
  return answer
}
