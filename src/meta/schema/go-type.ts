/** How error messages name types: as Go does, since that is what clients of upstream see. */
import { isExactNumber } from './json.ts'
import type { Schema } from './schema.ts'

export type JsonObject = { readonly [key: string]: unknown }

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}

/** `v1.PodSpec`, `[]string`, `map[string]string`, `int32`; `named` is what a string in it is called. */
export function goTypeOf(schema: Schema, named = 'string'): string {
  switch (schema.type) {
    case 'object':
      return schema.values === undefined ? goStructOf(schema) : goMapOf(schema.values, named)
    case 'array':
      return schema.items === undefined ? '[]interface {}' : `[]${goTypeOf(schema.items, named)}`
    case 'integer':
      return schema.format ?? 'int64'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    case 'string':
      return schema.format === 'int-or-string'
        ? 'int32'
        : schema.format === 'byte'
          ? '[]uint8'
          : schema.format === undefined
            ? named
            : 'string'
    case 'any':
      return 'interface {}'
  }
}

function goStructOf({ name }: Schema): string {
  return name === undefined ? 'map[string]interface {}' : name.split('.').slice(-2).join('.')
}

function goMapOf(values: Schema, named: string): string {
  return values.format === 'quantity' ? 'v1.ResourceList' : `map[string]${goTypeOf(values, named)}`
}
