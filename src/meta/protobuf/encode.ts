/**
 * Writes objects as Go's generated marshallers do: fields by number, what Go holds by value always, pointers where they are set, maps by key.
 * A plan becomes functions at its first use. All of them write from the end to the start, as the writer does.
 */
import { sortedKeys } from '#base/collections/sorted-keys'
import { ProtobufError } from '#base/encoding/protobuf-error'
import { lengthDelimited, varint } from '#base/encoding/protobuf-layout'
import type { ProtobufWriter } from '#base/encoding/protobuf-writer'
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import { type FieldPlan, type StructPlan, type ValuePlan, wireTypeOf } from './struct-plan.ts'
import { misfit, plainWriters, type Write } from './write-plain.ts'

/** Writes what of a struct's fields is due. */
export type WriteFields = (writer: ProtobufWriter, struct: JsonObject) => void
type WriterOf = (plan: StructPlan) => WriteFields

const text = new TextEncoder()

/** The answer writes the fields of a struct; it throws ProtobufError where a value does not fit. */
export function createStructWriters(): WriterOf {
  const writers = new WeakMap<StructPlan, WriteFields>()
  const writerOf: WriterOf = (plan) => {
    const known = writers.get(plan)
    if (known !== undefined) return known
    const writer = lazily(() => fieldsWriter(plan.fields, writerOf))
    writers.set(plan, writer)
    return writer
  }
  return writerOf
}

/** Definitions may contain themselves. */
function lazily(make: () => WriteFields): WriteFields {
  let made: WriteFields | undefined
  return (writer, struct) => (made ??= make())(writer, struct)
}

function fieldsWriter(plans: readonly FieldPlan[], writerOf: WriterOf): WriteFields {
  const fields = plans.map((plan) => fieldWriter(plan, writerOf)).reverse()
  return (writer, struct) => {
    for (const field of fields) field(writer, struct)
  }
}

function fieldWriter(plan: FieldPlan, writerOf: WriterOf): WriteFields {
  if (plan.sort === 'inline') return inlineWriter(plan.number, fieldsWriter(plan.fields, writerOf))
  const write = valueWriter(plan.value, writerOf)
  switch (plan.shape) {
    case 'map':
      return mapWriter(plan, write)
    case 'repeated':
      return listFieldWriter(plan, write)
    case 'one':
      return singleWriter(plan, write)
  }
}

function inlineWriter(number: number, fields: WriteFields): WriteFields {
  return (writer, struct) => {
    const end = writer.length
    fields(writer, struct)
    writer.lengthSince(end)
    writer.tag(number, lengthDelimited)
  }
}

type OwnField = Extract<FieldPlan, { readonly sort: 'field' }>

function singleWriter({ name, number, value: plan, isByValue }: OwnField, write: Write): WriteFields {
  const wireType = wireTypeOf(plan)
  const empty = isByValue ? emptyOf(plan) : undefined
  return (writer, struct) => {
    const value = struct[name] ?? empty
    if (value === undefined) return
    named(name, write, writer, value)
    writer.tag(number, wireType)
  }
}

function listFieldWriter({ name, number, value: plan }: Pick<OwnField, 'name' | 'number' | 'value'>, write: Write): WriteFields {
  const wireType = wireTypeOf(plan)
  const empty = emptyOf(plan)
  return (writer, struct) => {
    const list = struct[name]
    if (list === undefined || list === null) return
    if (!Array.isArray(list)) throw new ProtobufError(`${name}: not a list`)
    for (let index = list.length - 1; index >= 0; index--) {
      named(name, write, writer, list[index] ?? empty)
      writer.tag(number, wireType)
    }
  }
}

function mapWriter({ name, number, value: plan }: OwnField, write: Write): WriteFields {
  const wireType = wireTypeOf(plan)
  const empty = emptyOf(plan)
  return (writer, struct) => {
    const map = struct[name]
    if (map === undefined || map === null) return
    if (!isJsonObject(map)) throw new ProtobufError(`${name}: not a map`)
    const keys = sortedKeys(map)
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index] ?? ''
      const end = writer.length
      const value = map[key] ?? empty
      if (value !== undefined) {
        named(name, write, writer, value)
        writer.tag(2, wireType)
      }
      writer.string(key)
      writer.tag(1, lengthDelimited)
      writer.lengthSince(end)
      writer.tag(number, lengthDelimited)
    }
  }
}

/** Says in which field a value did not fit. */
function named(name: string, write: Write, writer: ProtobufWriter, value: unknown): void {
  try {
    write(writer, value)
  } catch (error) {
    throw error instanceof ProtobufError ? new ProtobufError(`${name}: ${error.message}`, { cause: error }) : error
  }
}

/** What stands for a value by value that is not there; nothing for a slice. */
function emptyOf({ sort }: ValuePlan): unknown {
  switch (sort) {
    case 'string':
    case 'time':
    case 'micro-time':
      return ''
    case 'boolean':
      return false
    case 'int32':
    case 'int64':
    case 'double':
    case 'int-or-string':
      return 0
    case 'quantity':
      return '0'
    case 'bytes':
      return undefined
    case 'json':
    case 'schema-or':
      return null
    case 'list':
      return []
    case 'struct':
      return {}
  }
}

function valueWriter(plan: ValuePlan, writerOf: WriterOf): Write {
  switch (plan.sort) {
    case 'json':
      return jsonWriter(plan.number)
    case 'struct':
      return structWriter(writerOf(plan.struct))
    case 'list':
      return listWriter(plan.items, writerOf)
    case 'schema-or':
      return schemaOrWriter(plan.other, structWriter(writerOf(plan.schema)))
    default:
      return plainWriters[plan.sort]
  }
}

function jsonWriter(number: number): Write {
  return (writer, value) => {
    const end = writer.length
    if (value !== null) {
      writer.bytes(text.encode(JSON.stringify(value)))
      writer.tag(number, lengthDelimited)
    }
    writer.lengthSince(end)
  }
}

function structWriter(fields: WriteFields): Write {
  return (writer, value) => {
    if (!isJsonObject(value)) throw misfit(value, 'an object')
    const end = writer.length
    fields(writer, value)
    writer.lengthSince(end)
  }
}

/** A list that is a message: its items have the number 1. */
function listWriter(items: ValuePlan, writerOf: WriterOf): Write {
  const fields = listFieldWriter({ name: 'items', number: 1, value: items }, valueWriter(items, writerOf))
  return (writer, value) => {
    const end = writer.length
    fields(writer, { items: value })
    writer.lengthSince(end)
  }
}

/** `true`, a list of schemas or a list of names in the place of a schema. */
function schemaOrWriter(other: 'boolean' | 'schemas' | 'strings', schema: Write): Write {
  const item = other === 'schemas' ? schema : plainWriters.string
  return (writer, value) => {
    const end = writer.length
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index--) {
        item(writer, value[index])
        writer.tag(2, lengthDelimited)
      }
    } else if (isJsonObject(value)) {
      schema(writer, value)
      writer.tag(other === 'boolean' ? 2 : 1, lengthDelimited)
    }
    if (other === 'boolean') {
      writer.integer(value === false || value === null ? 0 : 1)
      writer.tag(1, varint)
    }
    writer.lengthSince(end)
  }
}
