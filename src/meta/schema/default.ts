/** Static defaults: those that a schema can state. Defaults that depend on other fields belong to the kinds. */
import { deepFreeze } from '../object.ts'
import { isJsonObject, type JsonObject } from './go-type.ts'
import type { Schema } from './schema.ts'

/** A copy of `value` in which absent fields hold their schema's default; the same value where nothing was missing. */
export function withDefaults<T>(schema: Schema, value: T): T {
  return (hasDefaults(schema) ? fill(schema, value) : value) as T
}

function fill(schema: Schema, value: unknown): unknown {
  if (!hasDefaults(schema)) return value
  const { items, values } = schema
  if (Array.isArray(value))
    return items === undefined
      ? value
      : shareIfSame(
          value,
          value.map((item) => fill(items, item)),
        )
  if (!isJsonObject(value)) return value
  return values === undefined ? fillStruct(schema, value) : fillMap(values, value)
}

function fillStruct(schema: Schema, value: JsonObject): JsonObject {
  let filled: Record<string, unknown> | undefined
  for (const { name, field, whole } of defaultingFields(schema)) {
    const given = value[name]
    const result = given === undefined ? whole : fill(field, given)
    if (result !== given) (filled ??= { ...value })[name] = result
  }
  return filled ?? value
}

/** `whole` is what an absent field becomes, with the defaults inside of it. */
type DefaultingField = { readonly name: string; readonly field: Schema; readonly whole: unknown }

const fieldsOfSchemas = new WeakMap<Schema, readonly DefaultingField[]>()

function defaultingFields(schema: Schema): readonly DefaultingField[] {
  let fields = fieldsOfSchemas.get(schema)
  if (fields === undefined) {
    fields = Object.entries(schema.properties ?? {})
      .filter(([, field]) => field.default !== undefined || hasDefaults(field))
      .map(([name, field]) => ({ name, field, whole: field.default === undefined ? undefined : deepFreeze(fill(field, field.default)) }))
    fieldsOfSchemas.set(schema, fields)
  }
  return fields
}

function fillMap(values: Schema, value: JsonObject): JsonObject {
  const entries = Object.entries(value)
  const filled = entries.map(([, inner]) => fill(values, inner))
  return filled.every((inner, index) => inner === entries[index]?.[1])
    ? value
    : Object.fromEntries(entries.map(([key], index) => [key, filled[index]]))
}

function shareIfSame(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.every((item, index) => item === before[index]) ? before : after
}

const defaulted = new WeakMap<Schema, boolean>()

/** Whether the schema states a default anywhere: most do not, and then the walk is spared. */
function hasDefaults(schema: Schema): boolean {
  if (schema.type !== 'object' && schema.type !== 'array') return false
  const known = defaulted.get(schema)
  if (known !== undefined) return known
  defaulted.set(schema, false)
  const inner = [schema.items, schema.values, ...Object.values(schema.properties ?? {})].filter((one) => one !== undefined)
  const answer = inner.some((one) => one.default !== undefined || hasDefaults(one))
  defaulted.set(schema, answer)
  return answer
}
