/** Readers of values that hold no struct: texts, numbers, times, quantities. */
import { ProtobufError } from '#base/encoding/protobuf-error'
import { lengthDelimited, varint } from '#base/encoding/protobuf-layout'
import type { ProtobufReader } from '#base/encoding/protobuf-reader'
import { canonicalQuantity } from '../quantity.ts'
import { parseJson } from '../schema/json.ts'
import type { PlainSort } from './struct-plan.ts'
import { microTimeOf, timeOf } from './times.ts'

/** Reads one value that stands next, with its length where it has one. */
export type Read = (reader: ProtobufReader, depth: number) => unknown

export const plainReaders: Readonly<Record<PlainSort, Read>> = {
  string: (reader) => reader.string(),
  bytes: (reader) => reader.view().toBase64(),
  boolean: (reader) => reader.int32() !== 0,
  int32: (reader) => reader.int32(),
  int64: (reader) => exactInteger(reader.integer()),
  double: (reader) => reader.double(),
  time: within((reader) => {
    const { seconds } = timestamp(reader)
    return seconds === undefined ? undefined : timeOf(seconds)
  }),
  'micro-time': within((reader) => {
    const { seconds, nanos } = timestamp(reader)
    return seconds === undefined ? undefined : microTimeOf(seconds, nanos)
  }),
  quantity: within((reader) => canonical(texts(reader, 1))),
  'int-or-string': within(intOrString),
}

/** Goes into the value that is next, one level deeper. */
export function within<T>(read: (reader: ProtobufReader, depth: number) => T): (reader: ProtobufReader, depth: number) => T {
  return (reader, depth) => {
    const outer = reader.enter()
    const value = read(reader, depth + 1)
    reader.leave(outer)
    return value
  }
}

/** An integer that a number cannot hold is kept by its digits, as JSON is read. */
function exactInteger(value: number | bigint): unknown {
  return typeof value === 'number' ? value : parseJson(String(value)).value
}

/** `seconds` is undefined for an empty message, which is the zero time. */
function timestamp(reader: ProtobufReader): { readonly seconds: number | bigint | undefined; readonly nanos: number } {
  let seconds: number | bigint | undefined = reader.isAtEnd ? undefined : 0
  let nanos = 0
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (tag === tagOf(1, varint)) seconds = reader.integer()
    else if (tag === tagOf(2, varint)) nanos = reader.int32()
    else reader.skip(tag & 7)
  }
  return { seconds, nanos }
}

/** The text of the field of that number. */
function texts(reader: ProtobufReader, number: number): string {
  let text = ''
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (tag === tagOf(number, lengthDelimited)) text = reader.string()
    else reader.skip(tag & 7)
  }
  return text
}

const wholeNumber = /^[1-9][0-9]{0,2}$/

function canonical(text: string): string {
  if (wholeNumber.test(text)) return text
  try {
    return text === '' ? '0' : canonicalQuantity(text)
  } catch (error) {
    throw new ProtobufError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function intOrString(reader: ProtobufReader): unknown {
  let isText = false
  let number = 0
  let text = ''
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    if (tag === tagOf(1, varint)) isText = reader.int32() === 1
    else if (tag === tagOf(2, varint)) number = reader.int32()
    else if (tag === tagOf(3, lengthDelimited)) text = reader.string()
    else reader.skip(tag & 7)
  }
  return isText ? text : number
}

/** A field number and a wire type in one. */
export function tagOf(number: number, wireType: number): number {
  return (number << 3) | wireType
}
