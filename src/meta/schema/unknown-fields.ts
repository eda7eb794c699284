/** Which fields of a value its schema does not know, in the order of the document: upstream's strict decoding. */
import { goQuote } from '#base/encoding/go-quote'
import { isJsonObject, type JsonObject } from './go-type.ts'
import type { Member } from './json-scanner.ts'
import type { Schema } from './schema.ts'

/** Paths such as `spec.containers[0].imagee`. Call it only where a client wants to know: decoding drops them anyway. */
export function unknownFields(schema: Schema, value: unknown): readonly string[] {
  const found: string[] = []
  visit(schema, value, '', { unknown: (path) => found.push(path), raw: () => undefined })
  return found
}

/** As strict decoding reports them: fields without schema, and duplicates where the text tells its `members`; in the order of the text. */
export function strictErrors(schema: Schema, value: unknown, members: readonly Member[] = []): readonly string[] {
  const unknown = new Set<string>()
  const raw: string[] = []
  visit(schema, value, '', { unknown: (path) => unknown.add(path), raw: (path) => raw.push(path) })
  const lines = members.length === 0 ? [...unknown].map(unknownLine) : inOrder(unknown, raw, members)
  return [...new Set(lines)].slice(0, strictErrorsMax)
}

/** A duplicate stands where the name comes again. As upstream, nobody looks into what has no schema at all. */
function inOrder(unknown: ReadonlySet<string>, raw: readonly string[], members: readonly Member[]): readonly string[] {
  const isRaw = (path: string) => raw.some((one) => path.startsWith(`${one}.`) || path.startsWith(`${one}[`))
  return members.flatMap(({ path, isRepeated }) => {
    if (unknown.has(path)) return [unknownLine(path)]
    return isRepeated && !isRaw(path) ? [`duplicate field ${goQuote(path)}`] : []
  })
}

function unknownLine(path: string): string {
  return `unknown field ${goQuote(path)}`
}

/** What a walk meets: fields without schema, and values that may be anything. */
type Found = { readonly unknown: (path: string) => void; readonly raw: (path: string) => void }

const strictErrorsMax = 100

function visit(schema: Schema, value: unknown, path: string, found: Found): void {
  if (schema.type === 'any') return found.raw(path)
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
    if (inner !== undefined) visit(inner, value[key], prefix + key, found)
    else if (schema.preserveUnknown !== true) found.unknown(prefix + key)
  }
}
