/** Step: turns answers into the Kubernetes protobuf encoding for clients that prefer it. What has no message stays JSON, as its type says. */
import { ProtobufWriter } from '#base/encoding/protobuf-writer'
import { type Envelope, envelopeOf, envelopeParts, joined } from '#meta/protobuf/envelope'
import type { ObjectCodec } from '#meta/protobuf/object-codec'
import { isJsonObject } from '#meta/schema/go-type'
import { type Schema, shortNameOf } from '#meta/schema/schema'
import { ListMeta } from '#meta/schema.gen'
import { StatusError } from '#meta/status'
import type { Answer, Body, Exchange, RequestInfo, SharedFrame, SharedList, Step } from '../exchange.ts'
import type { ProtobufDeps } from '../request/decode-protobuf.ts'
import { errorAnswer } from '../request/error-answer.ts'
import { protobufType } from '../request/media-type.ts'
import { prefers } from '../request/negotiate.ts'
import { answerSchemas } from './answer-schemas.ts'
import { type ConvertFrames, convertedWatch, sharedConversion } from './converted-watch.ts'

export function encodeProtobuf(deps: ProtobufDeps): Step {
  const encoder = createEncoder(deps)
  return async (exchange, next) => {
    const answer = await answerOrStatus(exchange, next)
    const { kind } = answer.body
    if ((kind !== 'object' && kind !== 'list' && kind !== 'watch') || !prefers(exchange.request, 'protobuf', kind === 'watch'))
      return answer
    return kind === 'watch' && !hasMessage(deps, exchange.info) ? answer : encodedAnswer(answer, encoder)
  }
}

/** Whether the watched kind has a message: a stream cannot change its form later. */
function hasMessage({ kinds, codec }: ProtobufDeps, { group, version, resource }: RequestInfo): boolean {
  const kind = kinds.find(group, version, resource)
  return kind !== undefined && codec.has(kind.schema)
}

/** Refusals are encoded too. */
async function answerOrStatus(exchange: Exchange, next: Parameters<Step>[1]): Promise<Answer> {
  try {
    return await next(exchange)
  } catch (error) {
    if (error instanceof StatusError) return errorAnswer(error, exchange.request)
    throw error
  }
}

interface Encoder {
  readonly codec: ObjectCodec
  /** Undefined where no message can hold the value. */
  readonly envelope: (value: unknown) => Envelope | undefined
  readonly frames: ConvertFrames
}

function createEncoder({ codec, schemaOf }: ProtobufDeps): Encoder {
  const further = new Map(answerSchemas.map((schema) => [`${schema.apiVersion} ${shortNameOf(schema)}`, schema]))
  const schemaFor = (apiVersion: string, kind: string): Schema | undefined =>
    further.get(`${apiVersion} ${kind}`) ?? schemaOf(apiVersion, kind)

  function envelope(value: unknown): Envelope | undefined {
    if (!isJsonObject(value)) return undefined
    const { apiVersion = '', kind } = value
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined
    // As upstream: the oldest documents of discovery tell no version.
    const schema = schemaFor(apiVersion === '' ? 'v1' : apiVersion, kind)
    if (schema !== undefined && codec.has(schema)) return { apiVersion, kind, message: codec.encodeMessage(schema, value) }
    const { metadata = {}, items } = value
    if (!Array.isArray(items) || !isJsonObject(metadata)) return undefined
    const itemSchema = schemaFor(apiVersion, kind.replace(/List$/, ''))
    if (itemSchema === undefined || !codec.has(itemSchema)) return undefined
    const messagesOfItems = items.map((item: object) => codec.encodeMessage(itemSchema, item))
    return { apiVersion, kind, message: joined(listParts(codec, metadata, messagesOfItems)) }
  }

  return { codec, envelope, frames: sharedConversion((frame) => encodedFrame(frame, envelope)) }
}

function encodedAnswer(answer: Answer, encoder: Encoder): Answer {
  const body = encodedBody(answer.body, encoder)
  if (body === undefined) return answer
  const type = body.kind === 'watch' ? `${protobufType};stream=watch` : protobufType
  return { ...answer, headers: { ...answer.headers, 'content-type': type }, body }
}

function encodedBody(body: Body, encoder: Encoder): Body | undefined {
  switch (body.kind) {
    case 'object': {
      const found = body.entry === undefined ? encoder.envelope(body.object()) : body.entry.protobuf(encoder.envelope)
      return found && { ...body, bytes: () => envelopeOf(found, found.message) }
    }
    case 'list': {
      const chunks = body.list && listChunks(body.list, encoder)
      return chunks && { kind: 'list', chunks: () => chunks, object: body.object }
    }
    case 'watch':
      return { kind: 'watch', watch: convertedWatch(body.watch, encoder.frames) }
    default:
      return undefined
  }
}

/** Undefined where an item has no message. */
function listChunks({ apiVersion, kind, metadata, entries }: SharedList, { codec, envelope }: Encoder): Iterable<Uint8Array> | undefined {
  const messages: Uint8Array[] = []
  for (const entry of entries) {
    const item = entry.protobuf(envelope)
    if (item === undefined) return undefined
    messages.push(item.message)
  }
  return envelopeParts({ apiVersion, kind }, listParts(codec, metadata, messages))
}

/** The message of a list: all of them have metadata and items under the same numbers. */
function listParts(codec: ObjectCodec, metadata: object, items: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...field(1, codec.encodeMessage(ListMeta, metadata)), ...items.flatMap((item) => field(2, item))]
}

/** A length of four bytes, then a `WatchEvent` whose object is an envelope. */
function encodedFrame({ frame, entry }: SharedFrame, envelope: Encoder['envelope']): SharedFrame {
  const found = entry === undefined ? envelope(frame.object) : entry.protobuf(envelope)
  if (found === undefined) throw new Error(`a ${frame.type} event has no protobuf form`)
  const object = field(1, envelopeOf(found, found.message))
  const event = [...field(1, text.encode(frame.type)), ...field(2, joined(object))]
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(
    0,
    event.reduce((sum, part) => sum + part.length, 0),
  )
  return { frame, bytes: joined([length, ...event]) }
}

const text = new TextEncoder()

/** Bytes as a field: in front of them its tag and their length. */
function field(number: number, bytes: Uint8Array): readonly Uint8Array[] {
  const writer = new ProtobufWriter()
  writer.integer(bytes.length)
  writer.tag(number, 2)
  return [writer.finish(), bytes]
}
