/** Reads a request's body and turns it into a value: gzip, size limit, JSON, YAML or protobuf. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { CborError } from '#base/encoding/cbor'
import { ProtobufError } from '#base/encoding/protobuf-error'
import { goFaultOf, YamlError } from '#base/encoding/yaml'
import { groupVersionOf } from '#meta/kind'
import { ProtobufObjectError } from '#meta/protobuf/protobuf-object-error'
import { parseJson } from '#meta/schema/json'
import { JsonError, type Member } from '#meta/schema/json-scanner'
import { badRequest, entityTooLarge, type StatusError, unsupportedMediaType } from '#meta/status'
import type { IncomingRequest } from '../exchange.ts'
import { parseMediaType } from './media-type.ts'
import { servedBy } from './negotiate.ts'
import { readYaml } from './read-yaml.ts'

/** As upstream: what a resource request may send. */
const bodyBytesMax = 3 * 1024 * 1024

export type BodyFormat = 'json' | 'yaml'

/** A body that has been read. */
export type ReadBody = {
  readonly value: unknown
  /** All fields in the order of the text, where some are there twice and that was asked for. */
  readonly members?: readonly Member[]
  /** What strict reading has against YAML, in upstream's words. */
  readonly faults: readonly string[]
  /** The start of the body, for messages. */
  readonly excerpt: () => string
}

const unzip = promisify(gunzip)

/** What the Content-Type names; throws 415 for what is not served. */
function bodyFormatOf(request: IncomingRequest): BodyFormat {
  const header = request.headers['content-type']
  if (header === undefined || header === '' || header === 'application/json') return 'json'
  const { type } = parseMediaType(header)
  if (type === 'application/json') return 'json'
  if (type === 'application/yaml') return 'yaml'
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${servedBy(request).join(', ')}`,
  )
}

/** The text of a body; throws 413 beyond the limit, packed or not. */
export async function readText(request: IncomingRequest, bytesMax = bodyBytesMax): Promise<string> {
  return decodeUtf8(await readBytes(request, bytesMax))
}

/** The bytes of a body, unpacked; throws 413 beyond the limit. */
export async function readBytes(request: IncomingRequest, bytesMax = bodyBytesMax): Promise<Uint8Array> {
  const bytes = await request.readBody(bytesMax)
  if (request.headers['content-encoding'] !== 'gzip') return bytes
  try {
    return await unzip(bytes, { maxOutputLength: bytesMax })
  } catch (error) {
    if (error instanceof RangeError) throw entityTooLarge(`Request entity too large: limit is ${bytesMax}`)
    throw badRequest(`the body is not valid gzip: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

/** Parses a body; undefined if it is empty. `kind` is what was expected, for the message of a 400. */
export async function readValue(request: IncomingRequest, kind: string, findDuplicates = false): Promise<ReadBody | undefined> {
  if (request.object !== undefined) return { value: request.object, faults: [], excerpt: () => '' }
  if (request.decodeBody !== undefined) return binaryBody(await readBytes(request), kind, request.decodeBody)
  const format = bodyFormatOf(request)
  const text = await readText(request)
  return format === 'json' ? jsonBody(text, kind, findDuplicates) : yamlBody(text, kind)
}

export function unrecognized(kind: string, why: string, { excerpt }: Pick<ReadBody, 'excerpt'>): StatusError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${excerpt()})`)
}

function jsonBody(text: string, kind: string, findDuplicates: boolean): ReadBody {
  const excerpt = () => excerptOf(text)
  try {
    return { ...parseJson(text, { findDuplicates }), faults: [], excerpt }
  } catch (error) {
    if (error instanceof JsonError) throw unrecognized(kind, `couldn't get version/kind; json parse error: ${error.message}`, { excerpt })
    throw error
  }
}

function yamlBody(text: string, kind: string): ReadBody {
  const excerpt = () => excerptOf(text)
  try {
    return { ...readYaml(text), excerpt }
  } catch (error) {
    if (error instanceof YamlError) throw unrecognized(kind, `yaml: ${goFaultOf(text)}`, { excerpt })
    throw error
  }
}

function binaryBody(bytes: Uint8Array, kind: string, decodeBody: (bytes: Uint8Array) => unknown): ReadBody | undefined {
  if (bytes.length === 0) return undefined
  const excerpt = () => excerptOf(bytes)
  try {
    return { value: decodeBody(bytes), faults: [], excerpt }
  } catch (error) {
    if (error instanceof CborError) throw unrecognized(kind, `unable to determine group/version/kind: ${error.message}`, { excerpt })
    if (!(error instanceof ProtobufObjectError)) throw error
    const why = error.cause instanceof ProtobufError ? error.cause.message : error.message
    if (error.type === undefined) throw unrecognized(kind, why, { excerpt })
    const [, version] = groupVersionOf(error.type.apiVersion)
    throw badRequest(`${error.type.kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`, error)
  }
}

/** As upstream: the start of the body, in hex unless it looks like an object. */
function excerptOf(body: string | Uint8Array): string {
  if (body.length === 0) return '<empty>'
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const start = bytes.subarray(0, 30)
  return `${bytes[0] === 0x7b ? decodeUtf8(start) : start.toHex()}${bytes.length > 30 ? ' ...' : ''}`
}

function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
