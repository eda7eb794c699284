/**
 * What stands around every object in the Kubernetes protobuf encoding: four bytes of magic, then a `runtime.Unknown` that holds apiVersion,
 * kind and the message of that kind. Content encoding and content type are there too, always empty, as upstream writes them.
 */
import { lengthDelimited } from '#base/encoding/protobuf-layout'
import { ProtobufReader } from '#base/encoding/protobuf-reader'
import { ProtobufWriter } from '#base/encoding/protobuf-writer'
import { type ObjectType, ProtobufObjectError } from './protobuf-object-error.ts'

export type Envelope = ObjectType & { readonly message: Uint8Array }

/** "k8s" and a zero. */
const magic: Uint8Array = Uint8Array.of(0x6b, 0x38, 0x73, 0)
/** Content encoding and content type. */
const tail: Uint8Array = Uint8Array.of(0x1a, 0, 0x22, 0)

/** Whether the bytes begin as an envelope does. */
export function isProtobufObject(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

/** The parts of an envelope, in order: `message` may itself come in parts. */
export function envelopeParts(type: ObjectType, message: readonly Uint8Array[]): readonly Uint8Array[] {
  const writer = new ProtobufWriter()
  writer.integer(message.reduce((sum, part) => sum + part.length, 0))
  writer.tag(2, lengthDelimited)
  writeTypeMeta(writer, type)
  return [magic, writer.finish(), ...message, tail]
}

export function envelopeOf(type: ObjectType, message: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined(envelopeParts(type, [message]))
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function writeTypeMeta(writer: ProtobufWriter, { apiVersion, kind }: ObjectType): void {
  const end = writer.length
  writer.string(kind)
  writer.tag(2, lengthDelimited)
  writer.string(apiVersion)
  writer.tag(1, lengthDelimited)
  writer.lengthSince(end)
  writer.tag(1, lengthDelimited)
}

/** Throws ProtobufObjectError where the bytes are no envelope, ProtobufError where they are a damaged one. */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (!isProtobufObject(bytes)) {
    throw new ProtobufObjectError(
      'not-an-envelope',
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    )
  }
  const reader = new ProtobufReader(bytes.subarray(magic.length))
  let type: ObjectType = { apiVersion: '', kind: '' }
  let message: Uint8Array = new Uint8Array()
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (tag === textTag(1)) type = readTypeMeta(reader)
    else if (tag === textTag(2)) message = reader.view()
    else reader.skip(tag & 7)
  }
  return { ...type, message }
}

function textTag(number: number): number {
  return (number << 3) | lengthDelimited
}

function readTypeMeta(reader: ProtobufReader): ObjectType {
  const type = { apiVersion: '', kind: '' }
  const outer = reader.enter()
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (tag === textTag(1)) type.apiVersion = reader.string()
    else if (tag === textTag(2)) type.kind = reader.string()
    else reader.skip(tag & 7)
  }
  reader.leave(outer)
  return type
}
