/**
 * Step: CBOR both ways for requests about objects, where the feature gate `CBORServingAndStorage` is on. An answer is made from
 * its JSON; what JSON has in base64 becomes bytes.
 */
import { decodeCbor, EncodedCbor, encodeCbor } from '#base/encoding/cbor'
import { isJsonObject } from '#meta/schema/go-type'
import { parseExact } from '#meta/schema/json'
import type { Schema } from '#meta/schema/schema'
import type { Answer, Body, Exchange, SharedFrame, Step } from '../exchange.ts'
import { cborType, parseMediaType } from '../request/media-type.ts'
import { prefers } from '../request/negotiate.ts'
import { type ConvertFrames, convertedWatch, sharedConversion } from './converted-watch.ts'

export type CborDeps = {
  /** The schema of what an answer says it is. */
  readonly schemaOf: (apiVersion: string, kind: string) => Schema | undefined
}

export function serveCbor({ schemaOf }: CborDeps): Step {
  const encode = (value: unknown) => encodeCbor(withBytes(schemaOfValue(schemaOf, value), value))
  const frames = sharedConversion((frame) => encodedFrame(frame, encode))
  return async (exchange, next) => {
    if (!exchange.info.isResourceRequest) return await next(exchange)
    offer(exchange)
    const answer = await next(exchange)
    const { kind } = answer.body
    if (kind !== 'object' && kind !== 'list' && kind !== 'watch') return answer
    if (answer.headers?.['content-type'] !== undefined || !prefers(exchange.request, 'cbor', kind === 'watch')) return answer
    return encodedAnswer(answer, encode, frames)
  }
}

/** Lets the steps behind this one know, and says how a body in CBOR is read. */
function offer(exchange: Exchange): void {
  const { request } = exchange
  const isCbor = parseMediaType(request.headers['content-type'] ?? '').type === cborType
  exchange.request = { ...request, servesCbor: true, ...(isCbor ? { decodeBody: decodeCbor } : {}) }
}

type Encode = (value: unknown) => Uint8Array

function encodedAnswer(answer: Answer, encode: Encode, frames: ConvertFrames): Answer {
  const { body } = answer
  const type = body.kind === 'watch' ? `${cborType}-seq` : cborType
  return { ...answer, headers: { ...answer.headers, 'content-type': type }, body: encodedBody(body, encode, frames) }
}

function encodedBody(body: Body, encode: Encode, frames: ConvertFrames): Body {
  switch (body.kind) {
    case 'object':
      return { ...body, bytes: () => encode(parsed(body.bytes())) }
    case 'list':
      return { kind: 'object', object: body.object, bytes: () => encode(parsed(Buffer.concat([...body.chunks()]))) }
    case 'watch':
      return { kind: 'watch', watch: convertedWatch(body.watch, frames) }
    default:
      return body
  }
}

function encodedFrame(source: SharedFrame, encode: Encode): SharedFrame {
  const { type, object } = parsed(source.bytes) as { readonly type: string; readonly object: unknown }
  return { frame: source.frame, bytes: encodeCbor({ object: new EncodedCbor(encode(object)), type }) }
}

const decoder = new TextDecoder()

function parsed(bytes: Uint8Array): unknown {
  return parseExact(decoder.decode(bytes))
}

function schemaOfValue(schemaOf: CborDeps['schemaOf'], value: unknown): Schema | undefined {
  if (!isJsonObject(value)) return undefined
  const { apiVersion, kind, items } = value
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined
  const ofItem = Array.isArray(items) ? schemaOf(apiVersion, kind.replace(/List$/, '')) : undefined
  return ofItem === undefined ? schemaOf(apiVersion, kind) : { type: 'object', properties: { items: { type: 'array', items: ofItem } } }
}

/** The value with bytes where the schema has them; itself where it has none. */
function withBytes(schema: Schema | undefined, value: unknown): unknown {
  if (schema === undefined || value === null) return value
  if (schema.format === 'byte') return typeof value === 'string' ? Uint8Array.fromBase64(value) : value
  if (!holdsBytes(schema)) return value
  if (Array.isArray(value)) return value.map((item) => withBytes(schema.items, item))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withBytes(schema.values ?? schema.properties?.[name], inner)]),
  )
}

const holders = new WeakMap<Schema, boolean>()

function holdsBytes(schema: Schema): boolean {
  if (schema.format === 'byte') return true
  const known = holders.get(schema)
  if (known !== undefined) return known
  // What refers to itself holds no bytes by that alone.
  holders.set(schema, false)
  const parts = [schema.items, schema.values, ...Object.values(schema.properties ?? {})]
  const holds = parts.some((part) => part !== undefined && holdsBytes(part))
  holders.set(schema, holds)
  return holds
}
