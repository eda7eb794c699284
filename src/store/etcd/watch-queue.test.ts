import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WatchBatch } from '../store.ts'
import { isStoreError } from '../store-error.ts'
import { WatchQueue } from './watch-queue.ts'

const limits = { queuedEventsMax: 2, queuedBytesMax: 100 }
const entry = { key: '/a', value: new Uint8Array(), createRevision: 1, modRevision: 1, version: 1 }
const change = (revision: number): WatchBatch => ({ events: [{ type: 'put', key: '/a', revision, entry }], revision })
const bookmark = (revision: number): WatchBatch => ({ events: [], revision })

test('batches come in order, and of bookmarks in a row the newest only', async () => {
  const queue = new WatchQueue('/', limits)
  for (const batch of [bookmark(1), bookmark(2), change(3), bookmark(4)]) queue.push(batch, 0)
  const revisions = [await queue.next(), await queue.next(), await queue.next()].map(({ value }) => value?.revision)
  assert.deepEqual(revisions, [2, 3, 4])
})

for (const [why, bytes, count] of [
  ['events', 1, 3],
  ['bytes', 60, 2],
] as const) {
  test(`a reader that leaves too many ${why} unread is cut off once, then at the end`, async () => {
    const queue = new WatchQueue('/', limits)
    for (let i = 0; i < count; i++) queue.push(change(i), bytes)
    assert.ok(queue.isEnded)
    await assert.rejects(queue.next(), (error) => isStoreError(error, 'SlowWatcher'))
    assert.equal((await queue.next()).done, true)
  })
}

test('a reader that keeps up is never cut off, and a sender can wait for it', async () => {
  const queue = new WatchQueue('/', limits)
  for (let i = 0; i < 10; i++) {
    queue.push(change(i), 60)
    assert.equal((await queue.next()).value?.revision, i)
  }
  let isDrained = false
  queue.push(change(10), 0)
  const drained = queue.drained().then(() => (isDrained = true))
  await queue.next()
  assert.equal(isDrained, false)
  const waiting = queue.next()
  await drained
  queue.end()
  assert.equal((await waiting).done, true)
})
