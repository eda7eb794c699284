/** The value format of the kinds that a server knows. */
import { protobufMessages } from '#kinds/protobuf.gen'
import { createObjectCodec } from '#meta/protobuf/object-codec'
import type { KindTable } from '../exchange.ts'
import { type StorageMediaType, type ValueFormat, valueFormat } from './value-format.ts'

export function builtinFormat(kinds: KindTable, mediaType: StorageMediaType): ValueFormat {
  const codec = createObjectCodec({ messages: protobufMessages })
  return valueFormat({ codec, kindOf: (apiVersion, kind) => kinds.byKind(apiVersion, kind) }, mediaType)
}
