/** Step: turns a body in the Kubernetes protobuf encoding into the object that JSON would have given, so that nothing behind it knows of the encoding. */
import { createObjectCodec, type ObjectCodec } from '#meta/protobuf/object-codec'
import { ProtobufObjectError } from '#meta/protobuf/protobuf-object-error'
import type { Schema } from '#meta/schema/schema'
import { badRequest } from '#meta/status'
import type { Step } from '../exchange.ts'
import { parseMediaType } from './media-type.ts'
import { bodyBytesMax, readBytes } from './read-body.ts'

export type ProtobufDeps = {
  /** The fields of every message, as the object codec reads them. */
  readonly messages: Readonly<Record<string, string>>
  /** The schema of what a body says it is. */
  readonly schemaOf: (apiVersion: string, kind: string) => Schema | undefined
}

const mediaType = 'application/vnd.kubernetes.protobuf'

export function decodeProtobuf({ messages, schemaOf }: ProtobufDeps): Step {
  const codec = createObjectCodec({ messages })
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

function decoded(codec: ObjectCodec, bytes: Uint8Array, schemaOf: ProtobufDeps['schemaOf']): unknown {
  try {
    return codec.decode(bytes, schemaOf)
  } catch (error) {
    if (!(error instanceof ProtobufObjectError)) throw error
    throw badRequest(error.failure === 'malformed' ? `the body is not valid protobuf: ${error.message}` : error.message, error)
  }
}
