/** Which fields of a value its schema does not know, in the order of the document: upstream's strict decoding. */
import { isJsonObject, type JsonObject } from './go-type.ts'
import type { Schema } from './schema.ts'

/** Paths such as `spec.containers[0].imagee`. Call it only where a client wants to know: decoding drops them anyway. */
export function unknownFields(schema: Schema, value: unknown): readonly string[] {
  const found: string[] = []
  visit(schema, value, '', found)
  return found
}

/** As strict decoding reports them: duplicate keys first, then fields without schema. */
export function strictErrors(schema: Schema, value: unknown, duplicates: readonly string[]): readonly string[] {
  const lines = [
    ...duplicates.map((path) => `duplicate field "${path}"`),
    ...unknownFields(schema, value).map((path) => `unknown field "${path}"`),
  ]
  return [...new Set(lines)].slice(0, strictErrorsMax)
}

const strictErrorsMax = 100

function visit(schema: Schema, value: unknown, path: string, found: string[]): void {
  if (schema.type === 'any') return
  if (Array.isArray(value)) {
    const { items } = schema
    if (items !== undefined) value.forEach((item, index) => visit(items, item, `${path}[${index}]`, found))
  } else if (isJsonObject(value) && schema.type === 'object') {
    visitObject(schema, value, path === '' ? '' : `${path}.`, found)
  }
}

function visitObject(schema: Schema, value: JsonObject, prefix: string, found: string[]): void {
  for (const key of Object.keys(value)) {
    const inner = schema.values ?? (Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined)
    if (inner !== undefined) visit(inner, value[key], prefix + key, found)
    else if (schema.preserveUnknown !== true) found.push(prefix + key)
  }
}
