import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CacheEntry } from './cache-entry.ts'
import { EventRing, type RingLimits } from './event-ring.ts'

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
  assert.equal(new EventRing(7, limits(10)).after(6), undefined)
  assert.deepEqual(new EventRing(7, limits(10)).after(7), [])
})

test('a ring of large objects is short, but not shorter than its least', () => {
  const ring = new EventRing(0, { countMin: 3, countMax: 1000, bytesMax: 1000 })
  for (let revision = 1; revision <= 50; revision++) {
    ring.push({ revision, entry: new CacheEntry('/a', revision, new Uint8Array(revision <= 40 ? 100 : 900)), previous: undefined })
    if (revision === 40) assert.equal(ring.completeAfter, 30)
  }
  assert.equal(ring.completeAfter, 47)
  assert.equal(ring.after(47)?.length, 3)
})

function limits(countMax: number): RingLimits {
  return { countMin: 1, countMax, bytesMax: 1 << 20 }
}

function filled(count: number, countMax: number): EventRing {
  const ring = new EventRing(0, limits(countMax))
  for (let revision = 1; revision <= count; revision++) {
    ring.push({ revision, entry: new CacheEntry('/a', revision, new Uint8Array()), previous: undefined })
  }
  return ring
}
