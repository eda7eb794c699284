/**
 * Protocol buffers by table: a schema is one line of text for each message, read when the message is first met.
 * Fields are written in the order of their numbers, so equal values give equal bytes. Unknown fields are skipped.
 */
import { ProtobufError } from './protobuf-error.ts'
import { type Field, type Layout, lengthDelimited, type ProtobufSchema, parseLayout, varint, wireTypeOf } from './protobuf-layout.ts'
import { ProtobufReader } from './protobuf-reader.ts'
import { ProtobufWriter } from './protobuf-writer.ts'

export interface ProtobufOptions {
  /** What a decoded message holds for a field that the bytes lack: nothing, or the type's zero value as in proto3 (messages stay absent). */
  readonly absent: 'omit' | 'zero'
  /** 64-bit integers as bigint always, or as number where it is exact. Both are accepted when encoding. */
  readonly int64: 'bigint' | 'number'
  /** Whether repeated numbers are written packed (proto3) or one by one (proto2). Both are read. */
  readonly packed: boolean
}

export type ProtobufMessage = { readonly [field: string]: unknown }

export interface ProtobufCodec {
  /** Fields that are undefined are left out; names that the schema lacks are ignored. */
  encode(message: string, value: ProtobufMessage): Uint8Array
  /** Throws ProtobufError on bytes that are not such a message. */
  decode(message: string, bytes: Uint8Array): ProtobufMessage
}

/** What may be given where a message is wanted for encoding: every field may be absent, a number may stand for a bigint. */
export type Draft<T> = T extends bigint
  ? bigint | number
  : T extends Uint8Array | string | number | boolean
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Draft<Item>[]
      : { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }

const depthMax = 100

export function createProtobufCodec(schema: ProtobufSchema, options: ProtobufOptions): ProtobufCodec {
  const layouts = new Map<string, Layout>()
  const layoutOf = (message: string): Layout => {
    const known = layouts.get(message)
    if (known !== undefined) return known
    const layout = parseLayout(message, schema)
    layouts.set(message, layout)
    return layout
  }
  const context: Context = { schema, options, layoutOf }
  return {
    encode(message, value) {
      const writer = new ProtobufWriter()
      writeMessage(context, writer, layoutOf(message), value, 0)
      return writer.finish()
    },
    decode: (message, bytes) => readMessage(context, new ProtobufReader(bytes), layoutOf(message), 0),
  }
}

interface Context {
  readonly schema: ProtobufSchema
  readonly options: ProtobufOptions
  layoutOf(message: string): Layout
}

/** The writer goes from the end to the start, so that a length is known before it is written. */
function writeMessage(context: Context, writer: ProtobufWriter, layout: Layout, value: ProtobufMessage, depth: number): void {
  if (depth > depthMax) throw new ProtobufError(`message is nested deeper than ${depthMax}`)
  for (let index = layout.fields.length - 1; index >= 0; index--) {
    const field = layout.fields[index]
    const content = field === undefined ? undefined : value[field.name]
    if (field === undefined || content === undefined || content === null) continue
    if (field.shape === 'map') writeMap(context, writer, field, content, depth)
    else if (field.shape === 'repeated') writeRepeated(context, writer, field, content, depth)
    else writeTagged(context, writer, field, content, depth)
  }
}

function writeRepeated(context: Context, writer: ProtobufWriter, field: Field, content: unknown, depth: number): void {
  if (!Array.isArray(content)) throw new ProtobufError(`field ${field.name} must be a list`)
  const items: readonly unknown[] = content
  if (context.options.packed && wireTypeOf(field) !== lengthDelimited) {
    if (items.length === 0) return
    const end = writer.length
    for (let index = items.length - 1; index >= 0; index--) writeValue(context, writer, field, items[index], depth)
    writer.lengthSince(end)
    writer.tag(field.number, lengthDelimited)
    return
  }
  for (let index = items.length - 1; index >= 0; index--) writeTagged(context, writer, field, items[index], depth)
}

function writeMap(context: Context, writer: ProtobufWriter, field: Field, content: unknown, depth: number): void {
  const entries = Object.entries(messageOf(field, content)).filter(([, value]) => value !== undefined)
  // Keys are sorted as Go's deterministic marshaller does, so that equal maps give equal bytes.
  entries.sort(([a], [b]) => (a < b ? 1 : -1))
  for (const [key, value] of entries) {
    const end = writer.length
    writeTagged(context, writer, { ...field, shape: 'one', number: 2 }, value, depth)
    writeTagged(context, writer, { ...field, shape: 'one', number: 1, kind: 'scalar', type: field.keyType }, mapKeyOf(field, key), depth)
    writer.lengthSince(end)
    writer.tag(field.number, lengthDelimited)
  }
}

function mapKeyOf(field: Field, key: string): string | number {
  return field.keyType === 'string' ? key : Number(key)
}

function writeTagged(context: Context, writer: ProtobufWriter, field: Field, value: unknown, depth: number): void {
  writeValue(context, writer, field, value, depth)
  writer.tag(field.number, wireTypeOf(field))
}

function writeValue(context: Context, writer: ProtobufWriter, field: Field, value: unknown, depth: number): void {
  if (field.kind === 'enum') return writer.integer(enumNumberOf(context, field, value))
  if (field.kind === 'scalar') return writeScalar(writer, field, value)
  const end = writer.length
  writeMessage(context, writer, context.layoutOf(field.type), messageOf(field, value), depth + 1)
  writer.lengthSince(end)
}

function writeScalar(writer: ProtobufWriter, field: Field, value: unknown): void {
  const { type } = field
  if (type === 'string' && typeof value === 'string') return writer.string(value)
  if (type === 'bytes' && value instanceof Uint8Array) return writer.bytes(value)
  if (type === 'bool' && typeof value === 'boolean') return writer.integer(value ? 1 : 0)
  if (type === 'double' && typeof value === 'number') return writer.double(value)
  if (wireTypeOf(field) === varint && isInteger(value)) return writer.integer(value)
  throw new ProtobufError(`field ${field.name} must be of type ${type}, not ${typeof value}`)
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

function messageOf(field: Field, value: unknown): ProtobufMessage {
  if (!isMessage(value)) throw new ProtobufError(`field ${field.name} must be an object`)
  return value
}

function isMessage(value: unknown): value is ProtobufMessage {
  return typeof value === 'object' && value !== null
}

function enumNumberOf({ schema }: Context, field: Field, value: unknown): number {
  for (const [number, name] of Object.entries(schema.enums?.[field.type] ?? {})) if (name === value) return Number(number)
  throw new ProtobufError(`field ${field.name}: ${String(value)} is no ${field.type}`)
}

type Decoded = Record<string, unknown>

function readMessage(context: Context, reader: ProtobufReader, layout: Layout, depth: number): Decoded {
  if (depth > depthMax) throw new ProtobufError(`message is nested deeper than ${depthMax}`)
  const message: Decoded = context.options.absent === 'zero' ? zeroMessage(context, layout) : {}
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    const wireType = tag & 7
    const field = layout.byNumber.get(tag >>> 3)
    if (field === undefined) reader.skip(wireType)
    else readField(context, reader, { message, field, wireType, depth })
  }
  return message
}

interface FieldPlace {
  readonly message: Decoded
  readonly field: Field
  readonly wireType: number
  readonly depth: number
}

function readField(context: Context, reader: ProtobufReader, { message, field, wireType, depth }: FieldPlace): void {
  const { name } = field
  if (field.shape === 'map') {
    const map = isMessage(message[name]) ? message[name] : {}
    inside(reader, () => readMapEntry(context, reader, { message: map, field, wireType, depth }))
    message[name] = map
    return
  }
  if (field.shape === 'one') {
    requireWireType(field, wireType)
    message[name] = readValue(context, reader, field, depth)
    return
  }
  const list: unknown[] = Array.isArray(message[name]) ? message[name] : []
  message[name] = list
  const isPacked = wireType === lengthDelimited && wireTypeOf(field) !== lengthDelimited
  if (!isPacked) requireWireType(field, wireType)
  if (!isPacked) list.push(readValue(context, reader, field, depth))
  else
    inside(reader, () => {
      while (!reader.isAtEnd) list.push(readValue(context, reader, field, depth))
    })
}

/** Reads the length-delimited field that is next. */
function inside<T>(reader: ProtobufReader, read: () => T): T {
  const outer = reader.enter()
  const value = read()
  reader.leave(outer)
  return value
}

function readMapEntry(context: Context, entry: ProtobufReader, { message: map, field, depth }: FieldPlace): void {
  let key: unknown = ''
  let value: unknown
  while (!entry.isAtEnd) {
    const tag = entry.tag()
    const number = tag >>> 3
    if (number === 1) key = readValue(context, entry, { ...field, kind: 'scalar', type: field.keyType }, depth)
    else if (number === 2) value = readValue(context, entry, field, depth)
    else entry.skip(tag & 7)
  }
  // Defined, not assigned: a label may be called __proto__.
  Object.defineProperty(map, String(key), {
    value: value ?? zeroValue(context, field),
    enumerable: true,
    writable: true,
    configurable: true,
  })
}

function requireWireType(field: Field, wireType: number): void {
  if (wireType !== wireTypeOf(field)) throw new ProtobufError(`field ${field.name} has wire type ${wireType}, want ${wireTypeOf(field)}`)
}

function readValue(context: Context, reader: ProtobufReader, field: Field, depth: number): unknown {
  if (field.kind === 'message') return inside(reader, () => readMessage(context, reader, context.layoutOf(field.type), depth + 1))
  if (field.kind === 'enum') return enumNameOf(context, field, reader.int32())
  switch (field.type) {
    case 'string':
      return reader.string()
    case 'bytes':
      return reader.bytes()
    case 'bool':
      return reader.int32() !== 0
    case 'double':
      return reader.double()
    case 'int32':
      return reader.int32()
    case 'uint32':
      return reader.int32() >>> 0
    default:
      return integerOf(context, reader.int64(field.type === 'uint64'))
  }
}

function integerOf({ options }: Context, value: bigint): bigint | number {
  const isExact = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
  return options.int64 === 'number' && isExact ? Number(value) : value
}

/** A value of a newer schema is its number as text. */
function enumNameOf({ schema }: Context, field: Field, number: number): string {
  return schema.enums?.[field.type]?.[number] ?? String(number)
}

function zeroMessage(context: Context, layout: Layout): Decoded {
  const message: Decoded = {}
  for (const field of layout.fields) {
    if (field.shape === 'repeated') message[field.name] = []
    else if (field.shape === 'map') message[field.name] = {}
    else if (field.kind !== 'message') message[field.name] = zeroValue(context, field)
  }
  return message
}

function zeroValue(context: Context, field: Field): unknown {
  if (field.kind === 'message') return readMessage(context, new ProtobufReader(new Uint8Array()), context.layoutOf(field.type), 1)
  if (field.kind === 'enum') return enumNameOf(context, field, 0)
  if (field.type === 'string') return ''
  if (field.type === 'bool') return false
  if (field.type === 'bytes') return new Uint8Array()
  return field.type.endsWith('int64') ? integerOf(context, 0n) : 0
}
