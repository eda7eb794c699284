/**
 * Step: turns a body in the Kubernetes protobuf encoding into the object that JSON would have given, so that nothing behind
 * it knows of the encoding. Requests only: answers are JSON, which every client accepts beside.
 */
import { createProtobufCodec, type ProtobufCodec } from '#base/encoding/protobuf'
import { ProtobufError } from '#base/encoding/protobuf-error'
import { rfc3339 } from '#base/env/clock'
import type { JsonObject } from '#meta/schema/go-type'
import type { Schema } from '#meta/schema/schema'
import { badRequest } from '#meta/status'
import type { Step } from '../exchange.ts'
import { parseMediaType } from './media-type.ts'
import { bodyBytesMax, readBytes } from './read-body.ts'

export type ProtobufDeps = {
  /** The fields of every message, as `base/encoding/protobuf.ts` reads them. */
  readonly messages: Readonly<Record<string, string>>
  /** The schema of what a body says it is. */
  readonly schemaOf: (apiVersion: string, kind: string) => Schema | undefined
}

const mediaType = 'application/vnd.kubernetes.protobuf'

export function decodeProtobuf({ messages, schemaOf }: ProtobufDeps): Step {
  const codec = createProtobufCodec({ messages }, { absent: 'omit', int64: 'number', packed: false })
  return async (exchange, next) => {
    const { request } = exchange
    const contentType = request.headers['content-type']
    if (contentType === undefined || !contentType.startsWith(mediaType) || parseMediaType(contentType).type !== mediaType)
      return await next(exchange)
    const bytes = await readBytes(request, bodyBytesMax)
    // A delete comes with its type but often without a body.
    const object = bytes.length === 0 ? undefined : decoded(codec, bytes, schemaOf)
    const headers = {
      ...request.headers,
      'content-type': 'application/json',
      'content-encoding': undefined,
      'content-length': String(bytes.length),
    }
    exchange.request = { ...request, headers, object, readBody: () => Promise.resolve(new Uint8Array()) }
    return await next(exchange)
  }
}

/** What stands before every message: "k8s" and a zero. */
const magic: readonly number[] = [0x6b, 0x38, 0x73, 0]

function decoded(codec: ProtobufCodec, bytes: Uint8Array, schemaOf: ProtobufDeps['schemaOf']): unknown {
  if (!magic.every((byte, index) => bytes[index] === byte)) {
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  try {
    const envelope = codec.decode('pkg.runtime.Unknown', bytes.subarray(magic.length)) as Envelope
    const { apiVersion = '', kind = '' } = envelope.typeMeta ?? {}
    const schema = schemaOf(apiVersion, kind)
    if (schema?.name === undefined)
      throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`)
    const message = codec.decode(messageNameOf(schema.name), envelope.raw ?? new Uint8Array())
    return { ...(fromMessage(schema, message) as JsonObject), apiVersion, kind }
  } catch (error) {
    if (error instanceof ProtobufError) throw badRequest(`the body is not valid protobuf: ${error.message}`, error)
    throw error
  }
}

type Envelope = { readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string }; readonly raw?: Uint8Array }

/** `io.k8s.api.core.v1.Pod` -> `core.v1.Pod`. */
function messageNameOf(definition: string): string {
  return definition.split('.').slice(-3).join('.')
}

/** A decoded message as JSON writes it. */
function fromMessage(schema: Schema, value: unknown): unknown {
  if (value instanceof Uint8Array) return schema.type === 'any' ? parsed(value) : value.toBase64()
  if (Array.isArray(value)) return value.map((item) => fromMessage(schema.items ?? schema, item))
  if (typeof value !== 'object' || value === null) return value
  return fromStruct(schema, value as JsonObject)
}

function fromStruct(schema: Schema, value: JsonObject): unknown {
  switch (schema.format) {
    case 'date-time':
      return timeOf(value)
    case 'micro-time':
      return microTimeOf(value)
    case 'quantity':
      return value['string'] ?? '0'
    case 'int-or-string':
      return value['type'] === 1 ? (value['strVal'] ?? '') : (value['intVal'] ?? 0)
    default:
  }
  // Raw extensions, JSON values and field sets hold JSON as bytes.
  const raw = value['raw'] ?? value['Raw']
  if (schema.type === 'any') return raw instanceof Uint8Array ? parsed(raw) : undefined
  // A list that is a type of its own, such as an extra value.
  if (schema.type === 'array') return fromMessage(schema, value['items'] ?? [])
  if (schema.values !== undefined) return mapped(value, schema.values)
  return withFields(schema, value)
}

/** Structs that JSON writes inline are messages of their own here: a field that the schema does not know is such a one. */
function withFields(schema: Schema, value: JsonObject): JsonObject {
  const fields: Record<string, unknown> = {}
  for (const [field, inner] of Object.entries(value)) {
    const name = jsonNameOf(schema, field)
    const known = schema.properties?.[name]
    if (known !== undefined) fields[name] = fromMessage(known, inner)
    else if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
      Object.assign(fields, withFields(schema, inner as JsonObject))
  }
  return fields
}

/** A few fields are written with other capitals than in JSON: `Webhooks`, `aPIGroup`. */
function jsonNameOf({ properties = {} }: Schema, field: string): string {
  if (Object.hasOwn(properties, field)) return field
  return Object.keys(properties).find((name) => name.toLowerCase() === field.toLowerCase()) ?? field
}

function mapped(value: JsonObject, values: Schema): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromMessage(values, inner)]))
}

/** An empty time is none. */
function timeOf({ seconds }: JsonObject): string | undefined {
  return typeof seconds === 'number' ? rfc3339(seconds * 1000) : undefined
}

function microTimeOf({ seconds, nanos = 0 }: JsonObject): string | undefined {
  if (typeof seconds !== 'number') return undefined
  const micros = String(Math.floor(Number(nanos) / 1000)).padStart(6, '0')
  return `${rfc3339(seconds * 1000).slice(0, -1)}.${micros}Z`
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw badRequest('a raw value in the body is not valid JSON', error)
  }
}
