/**
 * Reads messages into objects as `meta/schema/decode.ts` makes them from JSON: what JSON would not write is absent, what it always writes is
 * there, fields stand in the schema's order. A plan becomes functions at its first use.
 */
import { ProtobufError } from '#base/encoding/protobuf-error'
import { lengthDelimited, varint } from '#base/encoding/protobuf-layout'
import type { ProtobufReader } from '#base/encoding/protobuf-reader'
import { isDroppable, valueWhenAbsent } from '../schema/decode.ts'
import type { JsonObject } from '../schema/go-type.ts'
import { parseJson } from '../schema/json.ts'
import type { Schema } from '../schema/schema.ts'
import { plainReaders, type Read, tagOf, within } from './read-plain.ts'
import { type FieldPlan, type StructPlan, type ValuePlan, wireTypeOf } from './struct-plan.ts'

/** Reads all fields up to the end of the message. */
type ReadStruct = (reader: ProtobufReader, depth: number) => JsonObject
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
  let slot = 0
  for (const property of properties) {
    let value = slots[slot++]
    if (value === undefined || (!property.keepsZero && isDroppable(property.schema, value))) value = property.whenAbsent?.()
    if (value !== undefined) object[property.name] = value
  }
  return object
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
