import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject } from '../object.ts'
import {
  anything,
  array,
  boolean,
  bytes,
  definitionsOf,
  int32,
  int64,
  intOrString,
  map,
  microTime,
  quantity,
  string,
  time,
} from '../schema/build.ts'
import { decode } from '../schema/decode.ts'
import type { Schema } from '../schema/schema.ts'
import { createObjectCodec } from './object-codec.ts'
import { ProtobufObjectError, type ProtobufObjectFailure } from './protobuf-object-error.ts'

const messages = {
  'example.v1.Thing':
    '1 metadata example.v1.Meta, 2 size int64, 3 limit int32, 4 port util.IntOrString, 5 memory api.Quantity, 6 seenAt meta.Time, 7 endedAt meta.Time, 8 beat meta.MicroTime, 9 secret bytes, 10 labels map<string, string>, 11 names repeated string, 12 raw pkg.RawExtension, 13 inner example.v1.Inner, 14 source example.v1.Source, 15 Flags repeated bool',
  'example.v1.Meta': '1 name string',
  'example.v1.Inner': '1 inner example.v1.Inner, 2 isOn bool',
  'example.v1.Source': '1 path string, 2 readOnly bool',
  'util.IntOrString': '1 type int64, 2 intVal int32, 3 strVal string',
  'api.Quantity': '1 string string',
  'meta.Time': '1 seconds int64, 2 nanos int32',
  'meta.MicroTime': '1 seconds int64, 2 nanos int32',
  'pkg.RawExtension': '1 raw bytes',
}

const define = definitionsOf('io.example.v1')
const Meta: Schema = define('Meta', () => ({ name: string }))
const Inner: Schema = define('Inner', () => ({ inner: Inner, isOn: boolean }))
const Thing: Schema = define(
  'Thing',
  () => ({
    metadata: Meta,
    size: int64,
    limit: int32,
    port: intOrString,
    memory: quantity,
    seenAt: time,
    endedAt: time,
    beat: microTime,
    secret: bytes,
    labels: map(string),
    names: array(string),
    raw: anything,
    inner: Inner,
    path: string,
    readOnly: boolean,
    flags: array(boolean),
  }),
  { apiVersion: 'example.io/v1', always: ['metadata'], keepsZero: ['limit', 'port'], writesNull: ['seenAt'] },
)

const codec = createObjectCodec({ messages })
const schemaOf = (apiVersion: string, kind: string) => (apiVersion === 'example.io/v1' && kind === 'Thing' ? Thing : undefined)
const thing = (fields: object): KubeObject => decode(Thing, { metadata: {}, ...fields })
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex')

/** What stands before and behind the message, whose length is given. */
const head = '6b387300' + '0a16' + '0a0d6578616d706c652e696f2f7631' + '12055468696e67' + '12'
const tail = '1a002200'
/** Of an empty thing: metadata, size, seenAt and source are there by value, with what they hold by value. */
const [metadata, size, seenAt, sourcePart] = ['0a020a00', '1000', '3200', '72040a001000']

for (const [why, fields, want] of [
  ['nothing: what Go holds by value is written', {}, metadata + size + seenAt + sourcePart],
  ['zero behind a pointer is written', { limit: 0 }, `${metadata}${size}1800${seenAt}${sourcePart}`],
  ['a number or a text', { port: 80 }, `${metadata}${size}2206080010501a00${seenAt}${sourcePart}`],
  ['a text or a number', { port: 'web' }, `${metadata}${size}220908011000` + `1a03776562${seenAt}${sourcePart}`],
  ['fields that JSON has inline', { path: '/a', readOnly: true }, `${metadata}${size}${seenAt}72060a022f611001`],
  ['maps by key', { labels: { b: '2', a: '' } }, `${metadata}${size}${seenAt}5205` + `0a01611200` + '52060a0162120132' + sourcePart],
  ['raw JSON', { raw: { a: 1 } }, `${metadata}${size}${seenAt}62090a077b2261223a317d${sourcePart}`],
  ['a list that is called otherwise', { flags: [true, false] }, `${metadata}${size}${seenAt}${sourcePart}78017800`],
] as const) {
  test(`encode: ${why}`, () => {
    const length = (want.length / 2).toString(16).padStart(2, '0')
    assert.equal(hex(codec.encode(Thing, thing(fields))), head + length + want + tail)
  })
}

for (const [why, fields] of [
  ['the largest integers', { size: JSON.parse('9007199254740991') as number, limit: -2147483648 }],
  ['times', { seenAt: '2026-11-21T19:30:00Z', endedAt: '1969-12-31T23:59:59Z', beat: '2026-11-21T19:30:00.000001Z' }],
  ['the first and the last time', { seenAt: '0001-01-01T00:00:01Z', endedAt: '9999-12-31T23:59:59Z' }],
  ['bytes', { secret: 'AAEC/w==' }],
  ['empty bytes in a raw value', { raw: { a: [null, 1.5, ''] } }],
  ['keys that JavaScript knows', { labels: { constructor: 'a', ['__proto__']: 'b', toString: 'c' } }],
  ['letters of all lengths', { path: 'aä€😀', names: ['x'.repeat(100), 'ß'.repeat(100), '\uFEFF'] }],
  ['a deep value', { inner: { inner: { inner: { isOn: true } } } }],
] as const) {
  test(`decode gives back what was encoded: ${why}`, () => {
    const object = thing(fields)
    assert.deepEqual(codec.decode(codec.encode(Thing, object), schemaOf), { ...object, kind: 'Thing', apiVersion: 'example.io/v1' })
  })
}

test('integers beyond 2^53 stay exact', () => {
  const raw = JSON as unknown as { rawJSON(text: string): number }
  const written = codec.encode(Thing, thing({ size: raw.rawJSON('9223372036854775807') }))
  assert.match(hex(written), /10ffffffffffffffff7f/)
  assert.match(JSON.stringify(codec.decode(written, schemaOf)), /"size":9223372036854775807/)
})

test('fields of a newer version are passed over, packed lists are read', () => {
  const body = `${metadata}7a020100` + 'ba0601aa'
  const object = codec.decode(Buffer.from(`${head}0c${body}${tail}`, 'hex'), schemaOf)
  assert.deepEqual(object, { kind: 'Thing', apiVersion: 'example.io/v1', metadata: {}, flags: [true, false] })
})

const valid = hex(codec.encode(Thing, thing({ path: '/a' })))
const withBody = (body: string) => `${head}${(body.length / 2).toString(16).padStart(2, '0')}${body}${tail}`

for (const [why, input, failure, message] of [
  ['nothing', '', 'not-an-envelope', /expected prefix \[107 56 115 0\]/],
  ['JSON', '7b7d', 'not-an-envelope', /does not appear to be a protobuf message/],
  ['only magic', '6b387300', 'unknown-kind', /no kind "" is registered for version ""/],
  ['another kind', valid.replace('546869', '546870'), 'unknown-kind', /no kind "Thpng" is registered for version "example.io\/v1"/],
  ['cut short', valid.slice(0, 60), 'malformed', /the envelope: unexpected EOF/],
  ['a message that is cut short', withBody('0a05'), 'malformed', /example.io\/v1 Thing: unexpected EOF/],
  ['a field in another form', withBody('1200'), 'malformed', /wrong wireType = 2 for field 2/],
  ['a group', withBody('bb06'), 'malformed', /proto: illegal wireType 3/],
  ['a length beyond 32 bits', withBody('0affffffffffffffffff01'), 'malformed', /unexpected EOF/],
  ['a quantity that is none', withBody('2a030a0178'), 'malformed', /quantities must match/],
  ['raw bytes that are no JSON', withBody('62030a017b'), 'malformed', /a raw value is not valid JSON/],
  ['a time before the year 1', withBody('3a0b08ffffffffffffffff8001'), 'malformed', /outside of the years 1 to 9999/],
] as const satisfies readonly (readonly [string, string, ProtobufObjectFailure, RegExp])[]) {
  test(`decode refuses ${why}`, () => {
    assert.throws(
      () => codec.decode(Buffer.from(input, 'hex'), schemaOf),
      (error) => error instanceof ProtobufObjectError && error.failure === failure && message.test(error.message),
    )
  })
}

test('decode refuses what is nested without end', () => {
  let inner = Buffer.alloc(0)
  for (let depth = 0; depth < 2000; depth++) inner = Buffer.concat([Buffer.from([0x0a]), varint(inner.length), inner])
  const body = Buffer.concat([Buffer.from([0x6a]), varint(inner.length), inner])
  const bytesOf = Buffer.concat([Buffer.from(head, 'hex'), varint(body.length), body])
  assert.throws(() => codec.decode(bytesOf, schemaOf), /nested deeper than 500/)
})

function varint(value: number): Uint8Array {
  const octets = []
  for (; value > 0x7f; value = Math.floor(value / 128)) octets.push((value & 0x7f) | 0x80)
  return Uint8Array.from([...octets, value])
}

test('encode says which field does not fit', () => {
  const misfit = { metadata: { name: 7 } } as unknown as KubeObject
  assert.throws(() => codec.encode(Thing, misfit), { failure: 'misfit', message: 'Thing: metadata: name: 7 is not a string' })
  assert.throws(
    () =>
      codec.encode(
        define('Other', () => ({})),
        thing({}),
      ),
    { failure: 'unknown-kind' },
  )
  assert.equal(hex(codec.encode(Thing, thing({ path: '/a' }))), valid, 'and goes on')
})
