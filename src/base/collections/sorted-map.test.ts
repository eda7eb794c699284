import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SortedMap } from './sorted-map.ts'

type Box = { readonly number: number }

test('behaves as a Map with sorted keys', () => {
  const change = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3000 }))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 5000, size: 'max' }), fc.integer({ min: 0, max: 3000 }), (changes, from) => {
      const map = new SortedMap<Box>()
      const model = new Map<string, Box>()
      for (const [isDelete, number] of changes) {
        const key = `k${number}`
        if (isDelete) assert.equal(map.delete(key), model.delete(key))
        else {
          map.set(key, { number })
          model.set(key, { number })
        }
      }
      const keys = [...model.keys()].sort()
      assert.equal(map.size, keys.length)
      assert.deepEqual([...map.entries('', undefined)].map(keyOf), keys)
      const start = `k${from}`
      assert.equal(map.rank(start), keys.filter((key) => key < start).length)
      assert.deepEqual(map.get(start), model.get(start))
      assert.deepEqual(
        [...map.entries(start, 'k5')].map(keyOf),
        keys.filter((key) => key >= start && key < 'k5'),
      )
    }),
    { numRuns: 25 },
  )
})

test('keeps its order over many blocks, whatever the order of insertion', () => {
  const map = new SortedMap<Box>()
  for (let i = 0; i < 20_000; i++) map.set(`k${(i * 7919) % 20_000}`, { number: i })
  const keys = [...map.entries('', undefined)].map(keyOf)
  assert.equal(keys.length, 20_000)
  assert.deepEqual(keys, keys.toSorted())
  assert.equal(map.rank('k5'), keys.indexOf('k5'))
})

function keyOf(pair: readonly [string, Box]): string {
  return pair[0]
}
