/** Writers of values that hold no struct: texts, numbers, times, quantities. */
import { ProtobufError } from '#base/encoding/protobuf-error'
import { lengthDelimited, varint } from '#base/encoding/protobuf-layout'
import type { ProtobufWriter } from '#base/encoding/protobuf-writer'
import { isExactNumber } from '../schema/json.ts'
import type { PlainSort } from './struct-plan.ts'
import { nanosOf, secondsOf, zeroTimeSeconds } from './times.ts'

/** Writes one value, with its length where it has one, but without its tag. */
export type Write = (writer: ProtobufWriter, value: unknown) => void

export const plainWriters: Readonly<Record<PlainSort, Write>> = {
  string(writer, value) {
    if (typeof value !== 'string') throw misfit(value, 'a string')
    writer.string(value)
  },
  bytes(writer, value) {
    if (typeof value !== 'string') throw misfit(value, 'base64')
    writer.bytes(Uint8Array.fromBase64(value))
  },
  boolean(writer, value) {
    if (typeof value !== 'boolean') throw misfit(value, 'a boolean')
    writer.integer(value ? 1 : 0)
  },
  int32: writeInteger,
  int64: writeInteger,
  double(writer, value) {
    if (typeof value !== 'number') throw misfit(value, 'a number')
    writer.double(value)
  },
  time(writer, value) {
    if (typeof value !== 'string') throw misfit(value, 'a time')
    writeTime(writer, value, 0)
  },
  'micro-time'(writer, value) {
    if (typeof value !== 'string') throw misfit(value, 'a time')
    writeTime(writer, value, nanosOf(value))
  },
  quantity(writer, value) {
    if (typeof value !== 'string') throw misfit(value, 'a quantity')
    const end = writer.length
    writer.string(value)
    writer.tag(1, lengthDelimited)
    writer.lengthSince(end)
  },
  'int-or-string'(writer, value) {
    const isText = typeof value === 'string'
    const end = writer.length
    writer.string(isText ? value : '')
    writer.tag(3, lengthDelimited)
    writeInteger(writer, isText ? 0 : value)
    writer.tag(2, varint)
    writer.integer(isText ? 1 : 0)
    writer.tag(1, varint)
    writer.lengthSince(end)
  },
}

function writeInteger(writer: ProtobufWriter, value: unknown): void {
  if (typeof value === 'number' && Number.isInteger(value)) writer.integer(value)
  else if (isExactNumber(value)) writer.integer(BigInt(JSON.stringify(value)))
  else throw misfit(value, 'an integer')
}

/** A zero time is an empty message. */
function writeTime(writer: ProtobufWriter, value: string, nanos: number): void {
  const end = writer.length
  const seconds = value === '' ? zeroTimeSeconds : secondsOf(value)
  if (seconds !== zeroTimeSeconds || nanos !== 0) {
    writer.integer(nanos)
    writer.tag(2, varint)
    writer.integer(seconds)
    writer.tag(1, varint)
  }
  writer.lengthSince(end)
}

export function misfit(value: unknown, wanted: string): ProtobufError {
  return new ProtobufError(`${JSON.stringify(value)?.slice(0, 80)} is not ${wanted}`)
}
