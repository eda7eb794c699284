import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CacheEntry } from './cache-entry.ts'
import { EventRing } from './event-ring.ts'

test('a ring gives what came after a revision', () => {
  const ring = filled(5, 10)
  assert.deepEqual(
    ring.after(3)?.map(({ revision }) => revision),
    [4, 5],
  )
  assert.deepEqual(ring.after(5), [])
  assert.deepEqual(ring.after(99), [])
})

test('a ring that is full forgets the oldest, and says so', () => {
  const ring = filled(25, 10)
  assert.equal(ring.completeAfter, 15)
  assert.equal(ring.after(14), undefined)
  assert.deepEqual(
    ring.after(15)?.map(({ revision }) => revision),
    [16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
  )
})

test('a ring knows nothing of the time before it began', () => {
  assert.equal(new EventRing(7, 10).after(6), undefined)
  assert.deepEqual(new EventRing(7, 10).after(7), [])
})

function filled(count: number, sizeMax: number): EventRing {
  const ring = new EventRing(0, sizeMax)
  for (let revision = 1; revision <= count; revision++) {
    ring.push({ revision, entry: new CacheEntry('/a', revision, new Uint8Array()), previous: undefined })
  }
  return ring
}
