/** Which fields of a value its schema does not know, in the order of the document: upstream's strict decoding. */
import { goQuote } from '#base/encoding/go-quote'
import { isJsonObject, type JsonObject } from './go-type.ts'
import type { Member } from './json-scanner.ts'
import type { Schema } from './schema.ts'

/** Paths such as `spec.containers[0].imagee`. Call it only where a client wants to know: decoding drops them anyway. */
export function unknownFields(schema: Schema, value: unknown): readonly string[] {
  const found: string[] = []
  visit(schema, value, '', { unknown: (path) => found.push(path), known: () => undefined })
  return found
}

/** As strict decoding reports them: duplicate keys and fields without schema, in the order of the document. */
export function strictErrors(
  schema: Schema,
  value: unknown,
  duplicates: readonly string[],
  members: readonly Member[] = [],
): readonly string[] {
  if (members.length > 0) return inOrder(new Set(unknownFields(schema, value)), members)
  const repeated = new Set(duplicates)
  const lines: string[] = []
  visit(schema, value, '', {
    unknown: (path) => lines.push(`unknown field ${goQuote(path)}`),
    known: (path) => repeated.delete(path) && lines.push(`duplicate field ${goQuote(path)}`),
  })
  // What stands inside of an unknown field is not visited.
  lines.push(...[...repeated].map((path) => `duplicate field ${goQuote(path)}`))
  return [...new Set(lines)].slice(0, strictErrorsMax)
}

/** Where they stand in the text: a duplicate is there where the name comes again. */
function inOrder(unknown: ReadonlySet<string>, members: readonly Member[]): readonly string[] {
  const lines = members.flatMap(({ path, isRepeated }) =>
    isRepeated ? [`duplicate field "${path}"`] : unknown.has(path) ? [`unknown field "${path}"`] : [],
  )
  return [...new Set(lines)].slice(0, strictErrorsMax)
}

type Found = { readonly unknown: (path: string) => void; readonly known: (path: string) => void }

const strictErrorsMax = 100

function visit(schema: Schema, value: unknown, path: string, found: Found): void {
  if (schema.type === 'any') return
  if (Array.isArray(value)) {
    const { items } = schema
    if (items !== undefined) value.forEach((item, index) => visit(items, item, `${path}[${index}]`, found))
  } else if (isJsonObject(value) && schema.type === 'object') {
    visitObject(schema, value, path === '' ? '' : `${path}.`, found)
  }
}

function visitObject(schema: Schema, value: JsonObject, prefix: string, found: Found): void {
  for (const key of Object.keys(value)) {
    const inner = schema.values ?? (Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined)
    if (inner !== undefined) {
      found.known(prefix + key)
      visit(inner, value[key], prefix + key, found)
    } else if (schema.preserveUnknown !== true) found.unknown(prefix + key)
  }
}
