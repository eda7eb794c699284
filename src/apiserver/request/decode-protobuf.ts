/** Step: says how a body in the Kubernetes protobuf encoding is read: as the object that JSON would have given. */
import { createObjectCodec } from '#meta/protobuf/object-codec'
import type { Schema } from '#meta/schema/schema'
import type { Step } from '../exchange.ts'
import { parseMediaType, protobufType } from './media-type.ts'

export type ProtobufDeps = {
  /** The fields of every message, as the object codec reads them. */
  readonly messages: Readonly<Record<string, string>>
  /** The schema of what a body says it is. */
  readonly schemaOf: (apiVersion: string, kind: string) => Schema | undefined
}

export function decodeProtobuf({ messages, schemaOf }: ProtobufDeps): Step {
  const codec = createObjectCodec({ messages })
  const decodeBody = (bytes: Uint8Array) => codec.decode(bytes, schemaOf)
  return (exchange, next) => {
    const contentType = exchange.request.headers['content-type']
    const isProtobuf = contentType?.startsWith(protobufType) === true && parseMediaType(contentType).type === protobufType
    if (isProtobuf) exchange.request = { ...exchange.request, decodeBody }
    return next(exchange)
  }
}
