import assert from 'node:assert/strict'
import { put, remove } from '../single-key.ts'
import type { Store, StoreEvent, WatchBatch } from '../store.ts'
import { contract, contractLimits, type Subject } from './contract.ts'
import { bytes, failsWith, putAll, summary, take, text } from './sample.ts'

export const watchContract = contract<Subject>('watch', {
  'from an old revision, sends what happened since, in order, once': async ({ store }) => {
    const start = await put(store, '/a', bytes('one'))
    await put(store, '/b', bytes('two'))
    await remove(store, '/a')
    const events = await take(2, store.watch({ prefix: '/', afterRevision: start }))
    assert.deepEqual(events.map(summary), ['put /b', 'delete /a'])
  },
  'without a revision, starts now and says where it stands at once': async ({ store }) => {
    const revision = await put(store, '/a', bytes('one'))
    await using watch = store.watch({ prefix: '/' })
    assert.deepEqual((await watch.next()).value, { events: [], revision })
    await put(store, '/b', bytes('two'))
    assert.deepEqual(eventsOf(await watch.next()).map(summary), ['put /b'])
  },
  'events carry what was before, deletes too': async ({ store }) => {
    const start = await store.currentRevision()
    await put(store, '/a', bytes('one'))
    await put(store, '/a', bytes('two'))
    const removed = await remove(store, '/a')
    const events = await take(3, store.watch({ prefix: '/', afterRevision: start }))
    assert.deepEqual(
      events.map((event) => text(event.previous)),
      [undefined, 'one', 'two'],
    )
    assert.equal(events.at(-1)?.revision, removed.revision)
  },
  'sees its own prefix only': async ({ store }) => {
    const start = await store.currentRevision()
    await using aligned = store.watch({ prefix: '/pods/', afterRevision: start })
    await using unaligned = store.watch({ prefix: '/pods/a', afterRevision: start })
    for (const watch of [aligned, unaligned]) await watch.next()
    await Promise.all(['/pods/ab', '/pods/b', '/podsecurity/a', '/pods/a'].map((key) => put(store, key, bytes(key))))
    assert.deepEqual((await take(3, aligned)).map(summary), ['put /pods/ab', 'put /pods/b', 'put /pods/a'])
    assert.deepEqual((await take(2, unaligned)).map(summary), ['put /pods/ab', 'put /pods/a'])
  },
  'all changes of one revision come in one batch': async ({ store }) => {
    const start = await store.currentRevision()
    const operations = Array.from({ length: 50 }, (_, i) => ({ type: 'put', key: `/k${i}`, value: bytes('x') }) as const)
    await store.txn({ compares: [], operations })
    await store.txn({ compares: [], operations })
    for await (const { events } of store.watch({ prefix: '/', afterRevision: start })) {
      const revisions = events.map(({ revision }) => revision)
      assert.ok(revisions.every((revision) => revisions.filter((other) => other === revision).length === 50))
      if (revisions.length > 0) break
    }
  },
  'no gap and no double where history ends and the present begins': async ({ store }) => {
    const start = await store.currentRevision()
    const count = 3000
    const writing = writeInRounds(store, count)
    const events = await take(count, store.watch({ prefix: '/', afterRevision: start }))
    await writing
    assert.equal(events.length, count)
    assert.ok(events.every((event, i) => i === 0 || event.revision > (events[i - 1]?.revision ?? Infinity)))
    assert.equal(new Set(events.map(({ key }) => key)).size, count)
  },
  'may be resumed after any revision it was told': async ({ store }) => {
    const start = await store.currentRevision()
    const revisions = await putAll(store, ['/1', '/2', '/3', '/4'])
    for (const [i, revision] of [start, ...revisions].entries()) {
      await using watch = store.watch({ prefix: '/', afterRevision: revision })
      assert.deepEqual(eventsOf(await watch.next()).map(summary), ['put /1', 'put /2', 'put /3', 'put /4'].slice(i))
    }
  },
  'from a future revision, fails with FutureRevision': async ({ store }) => {
    const afterRevision = (await store.currentRevision()) + 1
    await assert.rejects(store.watch({ prefix: '/', afterRevision }).next(), failsWith('FutureRevision'))
  },
  'tells its progress when asked, past changes of others': async ({ store }) => {
    await using watch = store.watch({ prefix: '/quiet/' })
    await watch.next()
    const revision = await put(store, '/loud', bytes('one'))
    watch.requestProgress()
    assert.deepEqual((await watch.next()).value, { events: [], revision })
  },
  'tells its progress when nothing happened for the interval': async ({ store, clock }) => {
    await using watch = store.watch({ prefix: '/quiet/', progressIntervalMs: 1000 })
    await watch.next()
    const revision = await put(store, '/loud', bytes('one'))
    const next = watch.next()
    await clock.advance(1000)
    assert.deepEqual((await next).value, { events: [], revision })
  },
  'progress never overtakes events': async ({ store }) => {
    await using watch = store.watch({ prefix: '/' })
    await watch.next()
    const revision = await put(store, '/a', bytes('one'))
    watch.requestProgress()
    assert.deepEqual(eventsOf(await watch.next()).map(summary), ['put /a'])
    assert.deepEqual((await watch.next()).value, { events: [], revision })
  },
  'ends quietly when its signal aborts, while waiting or before': async ({ store }) => {
    const abort = new AbortController()
    const watch = store.watch({ prefix: '/' }, abort.signal)
    await watch.next()
    const waiting = watch.next()
    abort.abort()
    assert.equal((await waiting).done, true)
    assert.equal((await watch.next()).done, true)
    assert.equal((await store.watch({ prefix: '/' }, abort.signal).next()).done, true)
  },
  'a reader that leaves too much unread is cut off with SlowWatcher, and may resume': async ({ store }) => {
    const slow = store.watch({ prefix: '/' })
    const { value: opened } = await slow.next()
    const count = contractLimits.queuedEventsMax + 1
    for (let i = 0; i < count; i++) await put(store, `/k${i}`, bytes('x'))
    await assert.rejects(slow.next(), failsWith('SlowWatcher'))
    assert.equal((await slow.next()).done, true)
    const events = await take(count, store.watch({ prefix: '/', afterRevision: opened?.revision }))
    assert.equal(events.length, count)
  },
  'a reader of huge values is cut off by their bytes': async ({ store }) => {
    const slow = store.watch({ prefix: '/' })
    await slow.next()
    for (let i = 0; i < 9; i++) await put(store, '/huge', new Uint8Array(2 ** 20))
    await assert.rejects(slow.next(), failsWith('SlowWatcher'))
  },
  'ten thousand watches each get their own, and those that vanish harm none': async ({ store }) => {
    const abort = new AbortController()
    const watches = Array.from({ length: 10_000 }, (_, i) => store.watch({ prefix: i % 2 === 0 ? '/k/' : `/k/${i}/` }, abort.signal))
    for (const watch of watches) await watch.next()
    for (const [i, watch] of watches.entries()) if (i % 4 === 0) await watch.return?.()
    await putAll(store, ['/k/1/a', '/k/2/a', '/k/9999/a'])
    const shared = eventsOf(await watches[2]?.next())
    assert.deepEqual(shared.map(summary), ['put /k/1/a'])
    assert.deepEqual(eventsOf(await watches[9999]?.next()).map(summary), ['put /k/9999/a'])
    abort.abort()
    assert.equal((await watches[1]?.next())?.done, true)
  },
  'closing the store ends it with Closed': async ({ store }) => {
    const watch = store.watch({ prefix: '/' })
    await watch.next()
    const waiting = assert.rejects(watch.next(), failsWith('Closed'))
    await store.close()
    await waiting
  },
})

/** Writes so that some changes lie in history before a watch opens and others come while it reads. */
async function writeInRounds(store: Store, count: number): Promise<void> {
  for (let written = 0; written < count; written += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, i) => put(store, `/k${written + i}`, bytes('x'))))
  }
}

function eventsOf(result: IteratorResult<WatchBatch, undefined> | undefined): readonly StoreEvent[] {
  return result?.value?.events ?? []
}
