import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CborError, decodeCbor, encodeCbor } from './cbor.ts'

test('encodeCbor: texts are byte strings, bytes have a tag, the whole says what it is', () => {
  const value = { a: 'é', n: [0, 23, 24, 256, 65536, -1, 1.5, true, null], b: new Uint8Array([1, 2]) }
  assert.equal(encodeCbor(value).toHex(), 'd9d9f7a3416142c3a9416e890017181819010' + '01a0001000020fb3ff8000000000000f5f64162d6420102')
})

for (const [why, hex, want] of [
  ['without the tag', 'a1686d65746164617461a1646e616d656171', { metadata: { name: 'q' } }],
  ['byte strings as keys', 'a1486d65746164617461a1446e616d654171', { metadata: { name: 'q' } }],
  ['maps and lists without a length', 'bf61619f0102ffff', { a: [1, 2] }],
  ['strings in pieces', '7f61616162ff', 'ab'],
  ['bytes as base64', 'd6426869', 'aGk='],
  ['times', 'c100', '1970-01-01T00:00:00Z'],
] as const) {
  test(`decodeCbor: ${why}`, () => assert.deepEqual(decodeCbor(Uint8Array.fromHex(hex)), want))
}

test('decodeCbor: integers of 64 bits stay exact, floats stay floats', () => {
  assert.equal(JSON.stringify(decodeCbor(Uint8Array.fromHex('1b7fffffffffffffff'))), '9223372036854775807')
  assert.equal(JSON.stringify(decodeCbor(Uint8Array.fromHex('fb3ff0000000000000'))), '1.0')
})

for (const [hex, message] of [
  ['', 'EOF'],
  ['a1686d65746164617461', 'unexpected EOF'],
  ['7b7fffffffffffffff', 'unexpected EOF'],
  ['0101', 'cbor: 1 bytes of extraneous data starting at index 1'],
  ['a2616101616102', 'cbor: found duplicate map key "a" at map element index 1'],
  ['61ff', 'cbor: invalid UTF-8 string'],
  ['f97e00', 'cbor: data item of cbor type primitives is not accepted by protocol: floating-point NaN'],
  ['f7', 'cbor: data item of cbor type primitives is not accepted by protocol: simple value 23 is not recognized'],
  ['c1a0', 'cbor: tag number 1 must be followed by integer or floating-point number, got map'],
  ['81'.repeat(100), 'cbor: exceeded max nested level 64'],
] as const) {
  test(`decodeCbor refuses ${hex.slice(0, 20)}`, () => assert.throws(() => decodeCbor(Uint8Array.fromHex(hex)), new CborError(message)))
}

test('decodeCbor: what was encoded comes back', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
    list: fc.array(tie('any'), { maxLength: 4 }),
    map: fc.dictionary(fc.string(), tie('any'), { maxKeys: 4, noNullPrototype: true }),
  })).any
  fc.assert(fc.property(value, (one) => assert.deepEqual(decodeCbor(encodeCbor(one)), one)))
})

test('decodeCbor: no bytes do harm', () => {
  const harmless = (bytes: Uint8Array) => {
    try {
      decodeCbor(bytes)
    } catch (error) {
      assert.ok(error instanceof CborError)
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), harmless), { numRuns: 2000 })
})
