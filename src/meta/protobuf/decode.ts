/**
 * Reads messages into objects as `meta/schema/decode.ts` makes them from JSON: what JSON would not write is absent, what it always writes is
 * there, fields stand in the schema's order. A plan becomes functions at its first use.
 */
import { ProtobufError } from '#base/encoding/protobuf-error'
import { lengthDelimited, varint } from '#base/encoding/protobuf-layout'
import type { ProtobufReader } from '#base/encoding/protobuf-reader'
import { canonicalQuantity } from '../quantity.ts'
import { isDroppable, valueWhenAbsent } from '../schema/decode.ts'
import type { JsonObject } from '../schema/go-type.ts'
import { parseJson } from '../schema/json.ts'
import type { Schema } from '../schema/schema.ts'
import type { FieldPlan, StructPlan, ValuePlan } from './struct-plan.ts'
import { microTimeOf, timeOf } from './times.ts'

/** Reads one value that stands next, with its length where it has one. */
type Read = (reader: ProtobufReader, depth: number) => unknown
/** Reads all fields up to the end of the message. */
export type ReadStruct = (reader: ProtobufReader, depth: number) => JsonObject
type ReaderOf = (plan: StructPlan) => ReadStruct

const depthMax = 500

/** The answer reads the message of a plan; it throws ProtobufError. */
export function createStructReaders(): ReaderOf {
  const readers = new WeakMap<StructPlan, ReadStruct>()
  const readerOf: ReaderOf = (plan) => {
    const known = readers.get(plan)
    if (known !== undefined) return known
    const reader = lazily(() => structReader(plan, readerOf))
    readers.set(plan, reader)
    return reader
  }
  return readerOf
}

/** Definitions may contain themselves. */
function lazily(make: () => ReadStruct): ReadStruct {
  let made: ReadStruct | undefined
  return (reader, depth) => (made ??= make())(reader, depth)
}

/** The values of a struct's fields while it is read, in the order of the schema. */
type Slots = unknown[]
/** Reads the field whose tag was just read. */
type ReadField = (reader: ProtobufReader, slots: Slots, depth: number) => void
/** By tag. */
type Fields = readonly (ReadField | undefined)[]

function structReader(plan: StructPlan, readerOf: ReaderOf): ReadStruct {
  const properties = Object.entries(plan.schema.properties ?? {}).map(([name, schema]) => propertyOf(plan.schema, name, schema))
  const slotOf = new Map(properties.map(({ name }, index) => [name, index]))
  const fields = fieldsOf(plan.fields, slotOf, readerOf)
  const empty: Slots = properties.map(() => undefined)
  return (reader, depth) => {
    if (depth > depthMax) throw new ProtobufError(`message is nested deeper than ${depthMax}`)
    const slots = empty.slice()
    readFields(reader, fields, slots, depth)
    return objectOf(properties, slots)
  }
}

function readFields(reader: ProtobufReader, fields: Fields, slots: Slots, depth: number): void {
  while (!reader.isAtEnd) {
    const tag = reader.tag()
    const field = fields[tag]
    if (field === undefined) skip(reader, fields, tag)
    else field(reader, slots, depth)
  }
}

/** Fields of a newer version are passed over. */
function skip(reader: ProtobufReader, fields: Fields, tag: number): void {
  for (let wireType = 0; wireType < 8; wireType++) {
    if (fields[(tag & ~7) | wireType] !== undefined) throw new ProtobufError(`proto: wrong wireType = ${tag & 7} for field ${tag >>> 3}`)
  }
  reader.skip(tag & 7)
}

function fieldsOf(plans: readonly FieldPlan[], slotOf: ReadonlyMap<string, number>, readerOf: ReaderOf): Fields {
  const fields: (ReadField | undefined)[] = []
  for (const plan of plans) {
    if (plan.sort === 'inline') fields[tagOf(plan.number, lengthDelimited)] = inlineReader(fieldsOf(plan.fields, slotOf, readerOf))
    else addField(fields, plan, slotOf.get(plan.name) ?? 0, readerOf)
  }
  // Without holes an array is quicker to look into.
  return Array.from(fields)
}

function tagOf(number: number, wireType: number): number {
  return (number << 3) | wireType
}

function inlineReader(fields: Fields): ReadField {
  return (reader, slots, depth) => {
    const outer = reader.enter()
    readFields(reader, fields, slots, depth)
    reader.leave(outer)
  }
}

type OwnField = Extract<FieldPlan, { readonly sort: 'field' }>

function addField(fields: (ReadField | undefined)[], plan: OwnField, slot: number, readerOf: ReaderOf): void {
  const { number, shape, value } = plan
  const read = valueReader(value, readerOf)
  const wireType = wireTypeOf(value)
  if (shape === 'map') fields[tagOf(number, lengthDelimited)] = mapReader(value, read, slot)
  else if (shape === 'one') fields[tagOf(number, wireType)] = (reader, slots, depth) => void (slots[slot] = read(reader, depth))
  else {
    fields[tagOf(number, wireType)] = (reader, slots, depth) => void listIn(slots, slot).push(read(reader, depth) ?? null)
    if (wireType !== lengthDelimited) fields[tagOf(number, lengthDelimited)] = packedReader(read, slot)
  }
}

function listIn(slots: Slots, slot: number): unknown[] {
  const list = slots[slot]
  if (Array.isArray(list)) return list
  const made: unknown[] = []
  slots[slot] = made
  return made
}

function packedReader(read: Read, slot: number): ReadField {
  return (reader, slots, depth) => {
    const list = listIn(slots, slot)
    const outer = reader.enter()
    while (!reader.isAtEnd) list.push(read(reader, depth))
    reader.leave(outer)
  }
}

function mapReader(plan: ValuePlan, read: Read, slot: number): ReadField {
  const valueTag = tagOf(2, wireTypeOf(plan))
  const empty = emptyOf(plan)
  return (reader, slots, depth) => {
    const map = (slots[slot] ??= {})
    let key = ''
    let value: unknown
    const outer = reader.enter()
    while (!reader.isAtEnd) {
      const tag = reader.tag()
      if (tag === keyTag) key = reader.string()
      else if (tag === valueTag) value = read(reader, depth)
      else reader.skip(tag & 7)
    }
    reader.leave(outer)
    define(map as Record<string, unknown>, key, value ?? empty)
  }
}

const keyTag = tagOf(1, lengthDelimited)

/** A key such as `__proto__` is a key like any other. */
function define(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
  else map[key] = value
}

/** A map's value that is not there. */
function emptyOf(plan: ValuePlan): unknown {
  switch (plan.sort) {
    case 'string':
    case 'bytes':
      return ''
    case 'quantity':
      return '0'
    case 'list':
      return []
    case 'struct':
      return {}
    default:
      return null
  }
}

interface Property {
  readonly name: string
  readonly schema: Schema
  /** Whether a zero value stays. */
  readonly keepsZero: boolean
  /** Of the field when it is absent. */
  readonly whenAbsent: (() => unknown) | undefined
}

function propertyOf(struct: Schema, name: string, schema: Schema): Property {
  const isAlways = struct.always?.includes(name) === true
  const facts = { schema, isAlways, isRequired: struct.required?.includes(name) === true }
  return {
    name,
    schema,
    keepsZero: isAlways || struct.keepsZero?.includes(name) === true,
    whenAbsent: valueWhenAbsent(facts) === undefined ? undefined : () => valueWhenAbsent(facts),
  }
}

function objectOf(properties: readonly Property[], slots: Slots): JsonObject {
  const object: Record<string, unknown> = {}
  for (let index = 0; index < properties.length; index++) {
    const property = properties[index] as Property
    let value = slots[index]
    if (value === undefined || (!property.keepsZero && isDroppable(property.schema, value))) value = property.whenAbsent?.()
    if (value !== undefined) object[property.name] = value
  }
  return object
}

function wireTypeOf({ sort }: ValuePlan): number {
  if (sort === 'boolean' || sort === 'int32' || sort === 'int64') return varint
  return sort === 'double' ? 1 : lengthDelimited
}

function valueReader(plan: ValuePlan, readerOf: ReaderOf): Read {
  switch (plan.sort) {
    case 'json':
      return jsonReader(plan.number)
    case 'struct':
      return within(readerOf(plan.struct))
    case 'list':
      return within(listReader(valueReader(plan.items, readerOf)))
    case 'schema-or':
      return within(schemaOrReader(plan.other, within(readerOf(plan.schema))))
    default:
      return plainReaders[plan.sort]
  }
}

const plainReaders: Readonly<Record<Exclude<ValuePlan['sort'], 'json' | 'struct' | 'list' | 'schema-or'>, Read>> = {
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
function within<T>(read: (reader: ProtobufReader, depth: number) => T): (reader: ProtobufReader, depth: number) => T {
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

/** A message without the bytes holds nothing. */
function jsonReader(number: number): Read {
  return within((reader) => {
    let value: unknown
    while (!reader.isAtEnd) {
      const tag = reader.tag()
      if (tag === tagOf(number, lengthDelimited)) value = parsed(reader.string())
      else reader.skip(tag & 7)
    }
    return value ?? undefined
  })
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : parseJson(text).value
  } catch (error) {
    throw new ProtobufError('a raw value is not valid JSON', { cause: error })
  }
}

function listReader(item: Read): Read {
  return (reader, depth) => {
    const list: unknown[] = []
    while (!reader.isAtEnd) {
      const tag = reader.tag()
      if (tag === tagOf(1, lengthDelimited)) list.push(item(reader, depth))
      else reader.skip(tag & 7)
    }
    return list
  }
}

function schemaOrReader(other: 'boolean' | 'schemas' | 'strings', schema: Read): Read {
  const schemaTag = tagOf(other === 'boolean' ? 2 : 1, lengthDelimited)
  return (reader, depth) => {
    let value: unknown
    const list: unknown[] = []
    while (!reader.isAtEnd) {
      const tag = reader.tag()
      if (tag === schemaTag) value = schema(reader, depth)
      else if (other === 'boolean' && tag === tagOf(1, varint)) value ??= reader.int32() !== 0
      else if (other !== 'boolean' && tag === tagOf(2, lengthDelimited))
        list.push(other === 'schemas' ? schema(reader, depth) : reader.string())
      else reader.skip(tag & 7)
    }
    return value ?? (list.length > 0 || other !== 'boolean' ? list : false)
  }
}
