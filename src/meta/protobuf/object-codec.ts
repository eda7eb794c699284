/**
 * Kubernetes objects in the protobuf encoding, as upstream writes them to etcd and on the wire: four bytes of magic, then an envelope
 * (`runtime.Unknown`) with apiVersion, kind and the message of that kind.
 *
 * Objects are typed ones: what `meta/schema/decode.ts` makes of JSON. Equal objects give equal bytes, and those are upstream's.
 */
import { ProtobufError } from '#base/encoding/protobuf-error'
import { lengthDelimited } from '#base/encoding/protobuf-layout'
import { ProtobufReader } from '#base/encoding/protobuf-reader'
import { ProtobufWriter } from '#base/encoding/protobuf-writer'
import type { KubeObject } from '../object.ts'
import { isJsonObject } from '../schema/go-type.ts'
import { type Schema, shortNameOf } from '../schema/schema.ts'
import { createStructReaders } from './decode.ts'
import { createStructWriters, type WriteFields } from './encode.ts'
import { ProtobufObjectError } from './protobuf-object-error.ts'
import { createPlanner } from './struct-plan.ts'

/** Its functions throw ProtobufObjectError. */
export interface ObjectCodec {
  /** Whether objects of the schema can be written. */
  has(schema: Schema): boolean
  /** The envelope with the object in it; apiVersion and kind are those of the schema. */
  encode(schema: Schema, object: object): Uint8Array<ArrayBuffer>
  /** The object of an envelope. `schemaOf` says what a kind looks like; undefined for an unknown one. */
  decode(bytes: Uint8Array, schemaOf: (apiVersion: string, kind: string) => Schema | undefined): KubeObject
}

export type ObjectCodecOptions = {
  /** The fields of every message by its short name (`core.v1.Pod`), as `base/encoding/protobuf-layout.ts` reads them. */
  readonly messages: Readonly<Record<string, string>>
}

/** "k8s" and a zero: what stands before every envelope. */
const magic: Uint8Array = Uint8Array.of(0x6b, 0x38, 0x73, 0)

/** Whether the bytes begin as an envelope does. */
export function isProtobufObject(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

export function createObjectCodec({ messages }: ObjectCodecOptions): ObjectCodec {
  const { has, planOf } = createPlanner(messages)
  const writerOf = createStructWriters()
  const readerOf = createStructReaders()
  const writer = new ProtobufWriter()
  return {
    has,
    encode(schema, object) {
      const fields = writerOf(planOf(schema))
      return naming(shortNameOf(schema), 'misfit', () => enveloped(writer, schema, fields, object))
    },
    decode(bytes, schemaOf) {
      const { apiVersion, kind, raw } = openEnvelope(bytes)
      const schema = schemaOf(apiVersion, kind)
      if (schema === undefined)
        throw new ProtobufObjectError(
          'unknown-kind',
          `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`,
        )
      const read = readerOf(planOf(schema))
      const fields = naming(`${apiVersion} ${kind}`, 'malformed', () => read(new ProtobufReader(raw), 0))
      return { kind, apiVersion, ...fields } as unknown as KubeObject
    },
  }
}

function enveloped(writer: ProtobufWriter, schema: Schema, fields: WriteFields, object: object): Uint8Array<ArrayBuffer> {
  if (!isJsonObject(object)) throw new ProtobufError('not an object')
  writer.clear()
  // Content encoding and content type: upstream writes them empty.
  for (const number of [4, 3]) writeText(writer, number, '')
  const end = writer.length
  fields(writer, object)
  writer.lengthSince(end)
  writer.tag(2, lengthDelimited)
  writeTypeMeta(writer, schema)
  return withMagic(writer.finish())
}

function writeTypeMeta(writer: ProtobufWriter, schema: Schema): void {
  const end = writer.length
  writeText(writer, 2, shortNameOf(schema))
  writeText(writer, 1, schema.apiVersion ?? '')
  writer.lengthSince(end)
  writer.tag(1, lengthDelimited)
}

function writeText(writer: ProtobufWriter, number: number, text: string): void {
  writer.string(text)
  writer.tag(number, lengthDelimited)
}

function withMagic(envelope: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(magic.length + envelope.length)
  bytes.set(magic)
  bytes.set(envelope, magic.length)
  return bytes
}

type Envelope = { readonly apiVersion: string; readonly kind: string; readonly raw: Uint8Array }

function openEnvelope(bytes: Uint8Array): Envelope {
  if (!isProtobufObject(bytes)) {
    throw new ProtobufObjectError(
      'not-an-envelope',
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    )
  }
  return naming('the envelope', 'malformed', () => readEnvelope(new ProtobufReader(bytes.subarray(magic.length))))
}

const textTag = (number: number) => (number << 3) | lengthDelimited

function readEnvelope(reader: ProtobufReader): Envelope {
  let types = { apiVersion: '', kind: '' }
  let raw: Uint8Array = new Uint8Array()
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (tag === textTag(1)) types = readTypeMeta(reader)
    else if (tag === textTag(2)) raw = reader.view()
    else reader.skip(tag & 7)
  }
  return { ...types, raw }
}

function readTypeMeta(reader: ProtobufReader): { apiVersion: string; kind: string } {
  const types = { apiVersion: '', kind: '' }
  const outer = reader.enter()
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (tag === textTag(1)) types.apiVersion = reader.string()
    else if (tag === textTag(2)) types.kind = reader.string()
    else reader.skip(tag & 7)
  }
  reader.leave(outer)
  return types
}

/** Says of what the bytes or values were. */
function naming<T>(subject: string, failure: 'malformed' | 'misfit', work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof ProtobufError) throw new ProtobufObjectError(failure, `${subject}: ${error.message}`, error)
    throw error
  }
}
