/** Step: says how a body in the Kubernetes protobuf encoding is read: as the object that JSON would have given. */
import type { ObjectCodec } from '#meta/protobuf/object-codec'
import type { Schema } from '#meta/schema/schema'
import type { KindTable, Step } from '../exchange.ts'
import { parseMediaType, protobufType } from './media-type.ts'

export type ProtobufDeps = {
  readonly codec: ObjectCodec
  readonly kinds: Pick<KindTable, 'find'>
  /** The schema of what a body says it is. */
  readonly schemaOf: (apiVersion: string, kind: string) => Schema | undefined
}

export function decodeProtobuf({ codec, schemaOf }: Omit<ProtobufDeps, 'kinds'>): Step {
  const decodeBody = (bytes: Uint8Array) => codec.decode(bytes, schemaOf)
  return (exchange, next) => {
    const contentType = exchange.request.headers['content-type']
    const isProtobuf = contentType?.startsWith(protobufType) === true && parseMediaType(contentType).type === protobufType
    if (isProtobuf) exchange.request = { ...exchange.request, decodeBody }
    return next(exchange)
  }
}
