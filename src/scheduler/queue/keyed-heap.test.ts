import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeyedHeap } from './keyed-heap.ts'

type Item = { readonly key: string; readonly rank: number }

test('items come out in order, whatever was taken out in between', () => {
  const items = fc.uniqueArray(fc.record({ key: fc.string(), rank: fc.integer({ min: 0, max: 50 }) }), { selector: ({ key }) => key })
  fc.assert(
    fc.property(items, fc.array(fc.nat()), (all, picks) => {
      const heap = new KeyedHeap<Item>(
        ({ key }) => key,
        (a, b) => a.rank < b.rank,
      )
      for (const item of all) heap.push(item)
      const gone = new Set(picks.flatMap((pick) => (all.length === 0 ? [] : [all[pick % all.length]?.key ?? ''])))
      for (const key of gone) assert.equal(heap.delete(key), true)
      const ranks: number[] = []
      for (let item = heap.pop(); item !== undefined; item = heap.pop()) ranks.push(item.rank)
      const want = all.filter(({ key }) => !gone.has(key)).map(({ rank }) => rank)
      assert.deepEqual(
        ranks,
        want.sort((a, b) => a - b),
      )
    }),
  )
})
