/** Whatever an object holds, protobuf gives it back; whatever bytes hold, they are an object or an error. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KubeObject } from '#meta/object'
import { createObjectCodec } from '#meta/protobuf/object-codec'
import { ProtobufObjectError } from '#meta/protobuf/protobuf-object-error'
import { decode } from '#meta/schema/decode'
import { type Schema, shortNameOf } from '#meta/schema/schema'
import { CustomResourceDefinition } from './apiextensions/schema.gen.ts'
import { builtinKinds } from './builtin-kinds.ts'
import { protobufMessages } from './protobuf.gen.ts'

const codec = createObjectCodec({ messages: protobufMessages })
const schemas = [...builtinKinds.map(({ schema }) => schema), CustomResourceDefinition]
const schemaOf = (apiVersion: string, kind: string) =>
  schemas.find((schema) => schema.apiVersion === apiVersion && shortNameOf(schema) === kind)

const depthMax = 9

/** Values as a client could send them: any field may be there, most are not the deeper it goes. */
function valueOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'any':
      return fc.constant({ type: 'object' })
    case 'array':
      return fc.array(
        fc.constant(null).chain(() => valueOf(schema.items ?? schema, depth + 1)),
        { maxLength: 3 },
      )
    case 'object':
      if (schema.values !== undefined) {
        const { values } = schema
        return fc.dictionary(
          fc.string({ unit: 'grapheme', maxLength: 8 }),
          fc.constant(null).chain(() => valueOf(values, depth + 1)),
          { maxKeys: 3 },
        )
      }
      return depth > depthMax ? fc.constant({}) : structOf(schema, depth)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return schema.format === 'int32' ? fc.integer() : fc.maxSafeInteger()
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))
    case 'string':
      return textOf(schema)
  }
}

function structOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const { kind: _, apiVersion: __, ...properties } = schema.properties ?? {}
  const names = Object.keys(properties)
  const maxLength = Math.ceil((2 * names.length) / (2 + depth))
  return fc
    .subarray(names, { minLength: maxLength >> 1, maxLength })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, fieldOf(properties[name] ?? schema, depth + 1)]))))
}

/** As upstream: that a list is there and empty is lost on the way. */
function fieldOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const value = valueOf(schema, depth)
  return schema.type === 'array' ? value.filter((list) => Array.isArray(list) && list.length > 0) : value
}

function textOf({ format }: Schema): fc.Arbitrary<unknown> {
  const date = fc
    .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
    .map((value) => value.toISOString())
  switch (format) {
    case 'byte':
      return fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value).toString('base64'))
    case 'date-time':
      return date
    case 'micro-time':
      return date.map((text) => text.replace('Z', '123Z'))
    case 'int-or-string':
      return fc.oneof(fc.integer(), fc.string())
    case 'quantity':
      return fc.tuple(fc.nat(), fc.constantFrom('', 'm', 'Ki', 'Gi', 'k')).map((parts) => parts.join(''))
    default:
      return fc.string({ unit: 'grapheme', maxLength: 100 })
  }
}

const typed = fc
  .constantFrom(...schemas)
  .chain((schema) => structOf(schema, 0).map((value) => ({ schema, object: decode<KubeObject>(schema, value) })))

test('any object of any kind comes back as it was, and gives the same bytes again', () => {
  fc.assert(
    fc.property(typed, ({ schema, object }) => {
      const bytes = codec.encode(schema, object)
      const read = codec.decode(bytes, schemaOf)
      assert.deepEqual(read, { ...object, kind: shortNameOf(schema), apiVersion: schema.apiVersion })
      assert.deepEqual(codec.encode(schema, read), bytes)
    }),
    { numRuns: 300 },
  )
})

function objectOrError(bytes: Uint8Array): void {
  try {
    codec.decode(bytes, schemaOf)
  } catch (error) {
    assert.ok(error instanceof ProtobufObjectError, String(error))
  }
}

test('bytes cut short or changed anywhere are an object or an error', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })
  fc.assert(
    fc.property(typed, changes, fc.nat(), ({ schema, object }, edits, cut) => {
      const bytes = codec.encode(schema, object)
      objectOrError(bytes.subarray(0, cut % bytes.length))
      for (const [at, byte] of edits) bytes[at % bytes.length] = byte
      objectOrError(bytes)
    }),
    { numRuns: 500 },
  )
})

test('random bytes are an object or an error', () => {
  const head = Buffer.from('k8s\0\x0a\x09\x0a\x02v1\x12\x03Pod\x12', 'latin1')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
      objectOrError(tail)
      objectOrError(Buffer.concat([head, Uint8Array.of(tail.length & 0x7f), tail]))
    }),
    { numRuns: 2000 },
  )
})
