import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sortedKeys } from './sorted-keys.ts'

test('keys stand in the order of their bytes', () => {
  assert.deepEqual(sortedKeys({ b: 1, a: 1, '😀': 1, '\uFF21': 1, ab: 1 }), ['a', 'ab', 'b', '\uFF21', '😀'])
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.constant(1)), (map) => {
      const want = Object.keys(map).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.deepEqual(sortedKeys(map), want)
    }),
  )
})
