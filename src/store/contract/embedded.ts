/** What only a store inside this process can be held to: exact revisions, exact figures and exact times. */
import assert from 'node:assert/strict'
import { put, remove } from '../single-key.ts'
import { isStoreError } from '../store-error.ts'
import { contract, type EmbeddedSubject } from './contract.ts'
import { bytes, eventsOf, failsWith, keysOf, putAll, summary, take } from './sample.ts'

export const embeddedContract = contract<EmbeddedSubject>('embedded', {
  'revisions leave no gap': async ({ store }) => {
    const start = await store.currentRevision()
    assert.deepEqual(await putAll(store, ['/a', '/b', '/c']), [start + 1, start + 2, start + 3])
    const removed = await remove(store, '/a')
    assert.equal(removed.revision, start + 4)
  },
  'what is written together gets its revisions in the order it was asked for': async ({ store }) => {
    const start = await store.currentRevision()
    const revisions = await Promise.all(Array.from({ length: 500 }, (_, i) => put(store, `/k${i}`, bytes('x'))))
    assert.deepEqual(
      revisions,
      Array.from({ length: 500 }, (_, i) => start + 1 + i),
    )
  },
  'the first revision that is not there yet is FutureRevision, for reads, watches and compaction': async ({ store }) => {
    const future = (await put(store, '/a', bytes('one'))) + 1
    await assert.rejects(store.range({ prefix: '/', atRevision: future }), failsWith('FutureRevision'))
    await assert.rejects(store.watch({ prefix: '/', afterRevision: future }).next(), failsWith('FutureRevision'))
    await assert.rejects(store.compact(future), failsWith('FutureRevision'))
  },
  'the last revision before a compaction is Compacted, and the failure names the oldest': async ({ store }) => {
    const [first = 0, second = 0] = await putAll(store, ['/a', '/b', '/c'])
    await store.compact(second)
    const oldest = (error: unknown): boolean => isStoreError(error, 'Compacted') && error.oldestRevision === second
    await assert.rejects(store.range({ prefix: '/', atRevision: first }), oldest)
    await assert.rejects(store.watch({ prefix: '/', afterRevision: first }).next(), oldest)
  },
  'status counts keys, bytes and revisions': async ({ store }) => {
    await putAll(store, ['/k/1', '/k/2', '/k/2', '/k/3', '/x'])
    const { revision } = await remove(store, '/k/3')
    const status = await store.status()
    assert.deepEqual([status.revision, status.keyCount, status.liveBytes], [revision, 3, 4 + 4 + 4 + 4 + 2 + 2])
    assert.ok(status.sizeBytes > 0)
    assert.equal(status.degraded, undefined)
    await store.compact(revision)
    assert.equal((await store.status()).compactRevision, revision)
  },
  'a watch tells its progress when nothing happened for the interval, not before': async ({ store, clock }) => {
    await using watch = store.watch({ prefix: '/quiet/', progressIntervalMs: 1000 })
    await watch.next()
    const revision = await put(store, '/loud', bytes('one'))
    let told: unknown
    const next = watch.next().then(({ value }) => (told = value))
    await clock.advance(999)
    assert.equal(told, undefined)
    await clock.advance(1)
    await next
    assert.deepEqual(told, { events: [], revision })
  },
  'a lease ends within the second after its time, not before': async ({ store, clock }) => {
    const lease = await store.grantLease(10_000)
    const revision = await put(store, '/a', bytes('one'), { leaseId: lease.id })
    const deleted = take(1, store.watch({ prefix: '/', afterRevision: revision }))
    await clock.advance(9_999)
    assert.deepEqual(await keysOf(store), ['/a'])
    await clock.advance(1_000)
    assert.deepEqual((await deleted).map(summary), ['delete /a'])
  },
  'a kept-alive lease lives its whole time again, to the millisecond': async ({ store, clock }) => {
    const { id } = await store.grantLease(10_000)
    await put(store, '/a', bytes('one'), { leaseId: id })
    const deleted = take(1, store.watch({ prefix: '/' }))
    await clock.advance(9_000)
    await store.keepLeaseAlive(id)
    await clock.advance(9_999)
    assert.deepEqual(await keysOf(store), ['/a'])
    await clock.advance(1_000)
    assert.deepEqual((await deleted).map(summary), ['delete /a'])
  },
  'a reader that leaves too much unread is cut off with SlowWatcher, and may resume': async ({ store, limits }) => {
    const slow = store.watch({ prefix: '/' })
    const { value: opened } = await slow.next()
    const count = limits.queuedEventsMax + 1
    for (let i = 0; i < count; i++) await put(store, `/k${i}`, bytes('x'))
    await assert.rejects(slow.next(), failsWith('SlowWatcher'))
    assert.equal((await slow.next()).done, true)
    const events = await take(count, store.watch({ prefix: '/', afterRevision: opened?.revision }))
    assert.equal(events.length, count)
  },
  'a reader that leaves as much unread as it may is not cut off': async ({ store, limits }) => {
    await using watch = store.watch({ prefix: '/' })
    await watch.next()
    for (let i = 0; i < limits.queuedEventsMax; i++) await put(store, `/k${i}`, bytes('x'))
    assert.equal(eventsOf(await watch.next()).length, 1)
  },
  'a reader of huge values is cut off by their bytes': async ({ store, limits }) => {
    const slow = store.watch({ prefix: '/' })
    await slow.next()
    for (let held = 0; held <= limits.queuedBytesMax; held += 2 ** 20) await put(store, '/huge', new Uint8Array(2 ** 20))
    await assert.rejects(slow.next(), failsWith('SlowWatcher'))
  },
})
