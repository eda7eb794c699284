import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createProtobufCodec } from './protobuf.ts'

const schema = {
  messages: {
    Pod: '1 name string, 2 labels map<string, string>, 3 ports repeated int32, 4 state State, 5 spec Spec, 6 size int64, 7 raw bytes, 8 ratio double, 9 ok bool, 10 specs map<string, Spec>, 11 used uint64',
    Spec: '1 node string, 2 inner Spec, 3 items repeated Spec',
  },
  enums: { State: { 0: 'READY', 1: 'GONE' } },
}
const proto3 = createProtobufCodec(schema, { absent: 'zero', int64: 'bigint', packed: true })
const proto2 = createProtobufCodec(schema, { absent: 'omit', int64: 'number', packed: false })
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

for (const [why, value, want] of [
  ['string', { name: 'ab' }, '0a026162'],
  ['negative number: ten bytes', { size: -1 }, '30ffffffffffffffffff01'],
  ['2^63-1', { size: 9223372036854775807n }, '30ffffffffffffffff7f'],
  ['packed list', { ports: [1, 300] }, '1a0301ac02'],
  ['nested', { spec: { node: 'n' } }, '2a030a016e'],
  ['map, keys sorted', { labels: { b: '2', a: '1' } }, '12060a0161120131' + '12060a0162120132'],
  ['enum by name', { state: 'GONE' }, '2001'],
  ['nothing', { name: undefined, ports: [] }, ''],
] as const) {
  test(`encode: ${why}`, () => assert.equal(hex(proto3.encode('Pod', value)), want))
}

test('unpacked lists are written for proto2 and both forms are read', () => {
  assert.equal(hex(proto2.encode('Pod', { ports: [1, 300] })), '180118ac02')
  for (const bytes of ['180118ac02', '1a0301ac02']) assert.deepEqual(proto2.decode('Pod', Buffer.from(bytes, 'hex')), { ports: [1, 300] })
})

test('absent fields become zero values only when asked for', () => {
  assert.deepEqual(proto2.decode('Pod', new Uint8Array()), {})
  assert.deepEqual(proto3.decode('Spec', new Uint8Array()), { node: '', items: [] })
  assert.equal(proto3.decode('Pod', new Uint8Array())['size'], 0n)
  assert.equal(proto3.decode('Pod', new Uint8Array())['state'], 'READY')
})

test('values come back as they went in', () => {
  const pod = fc.record(
    {
      name: fc.string({ unit: 'binary' }),
      labels: fc.dictionary(fc.string(), fc.string()).map((map) => ({ ...map })),
      ports: fc.array(fc.integer(), { minLength: 1 }),
      state: fc.constantFrom('READY', 'GONE'),
      size: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      used: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      raw: fc.uint8Array({ maxLength: 1000 }),
      ratio: fc.double({ noNaN: true }),
      ok: fc.boolean(),
    },
    { noNullPrototype: true },
  )
  const codec = createProtobufCodec(schema, { absent: 'omit', int64: 'bigint', packed: true })
  fc.assert(
    fc.property(pod, (value) => {
      const { labels, ...rest } = value
      const { labels: decodedLabels = {}, ...decoded } = codec.decode('Pod', codec.encode('Pod', value))
      assert.deepEqual(decoded, rest)
      assert.deepEqual(decodedLabels, labels)
    }),
    { numRuns: 200 },
  )
})

test('any bytes decode or fail with ProtobufError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        proto3.decode('Pod', bytes)
      } catch (error) {
        assert.equal(error instanceof Error && error.name, 'ProtobufError')
      }
    }),
  )
})

test('values that do not fit the schema are refused by name', () => {
  assert.throws(() => proto3.encode('Pod', { name: 1 }), /field name must be of type string, not number/)
  assert.throws(() => proto3.encode('Pod', { state: 'HALF' }), /field state: HALF is no State/)
  assert.throws(() => proto3.encode('Nothing', {}), /no message Nothing/)
})
