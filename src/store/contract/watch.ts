/** What a watch delivers, from where, and how it ends. */
import assert from 'node:assert/strict'
import { put, remove } from '../single-key.ts'
import type { Store, Watch, WatchBatch } from '../store.ts'
import { contract, type Subject } from './contract.ts'
import { batchesUntil, bytes, eventsUpTo, failsWith, putAll, summary, take, text } from './sample.ts'

export const watchContract = contract<Subject>('watch', {
  'from an old revision, sends what happened since, in order, once': async ({ store }) => {
    const start = await put(store, '/a', bytes('one'))
    await put(store, '/b', bytes('two'))
    await remove(store, '/a')
    const end = await put(store, '/c', bytes('three'))
    const events = await eventsUpTo(end, store.watch({ prefix: '/', afterRevision: start }))
    assert.deepEqual(events.map(summary), ['put /b', 'delete /a', 'put /c'])
  },
  'without a revision, starts now and says where it stands at once': async ({ store }) => {
    const revision = await put(store, '/a', bytes('one'))
    await using watch = store.watch({ prefix: '/' })
    const { value: opened } = await watch.next()
    assert.deepEqual(opened?.events, [])
    assert.ok((opened?.revision ?? 0) >= revision)
    await put(store, '/b', bytes('two'))
    assert.deepEqual((await take(1, watch)).map(summary), ['put /b'])
  },
  'events carry the entry and what was before, deletes too': async ({ store }) => {
    const start = await store.currentRevision()
    const first = await put(store, '/a', bytes('one'))
    const second = await put(store, '/a', bytes('two'))
    const removed = await remove(store, '/a')
    const events = await take(3, store.watch({ prefix: '/', afterRevision: start }))
    assert.deepEqual(
      events.map((event) => [event.revision, text(event.previous)]),
      [
        [first, undefined],
        [second, 'one'],
        [removed.revision, 'two'],
      ],
    )
    const entries = events.map((event) => (event.type === 'put' ? event.entry : event.previous))
    assert.deepEqual(
      entries.map((entry) => [text(entry), entry.createRevision, entry.modRevision, entry.version]),
      [
        ['one', first, first, 1],
        ['two', first, second, 2],
        ['two', first, second, 2],
      ],
    )
  },
  'sees its own prefix only': async ({ store }) => {
    await using aligned = store.watch({ prefix: '/pods/' })
    await using unaligned = store.watch({ prefix: '/pods/a' })
    for (const watch of [aligned, unaligned]) await watch.next()
    await putAll(store, ['/pods/ab', '/pods/b', '/podsecurity/a', '/pods/a'])
    assert.deepEqual((await take(3, aligned)).map(summary), ['put /pods/ab', 'put /pods/b', 'put /pods/a'])
    assert.deepEqual((await take(2, unaligned)).map(summary), ['put /pods/ab', 'put /pods/a'])
  },
  'all changes of one revision come in one batch': async ({ store }) => {
    const start = await store.currentRevision()
    const operations = Array.from({ length: 50 }, (_, i) => ({ type: 'put', key: `/k${i}`, value: bytes('x') }) as const)
    await store.txn({ compares: [], operations })
    await store.txn({ compares: [], operations })
    const batches = await batchesUntil(store.watch({ prefix: '/', afterRevision: start }), (_, events) => events.length >= 100)
    for (const { events } of batches) {
      const revisions = events.map(({ revision }) => revision)
      assert.ok(revisions.every((revision) => revisions.filter((other) => other === revision).length === 50))
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
  'a slow reader of history gets each change once, while others write on': async ({ store }) => {
    const start = await store.currentRevision()
    const written: number[] = []
    const write = async (count: number): Promise<void> => {
      written.push(...(await Promise.all(Array.from({ length: count }, (_, i) => put(store, `/k${i}`, bytes('x'))))))
    }
    await write(500)
    await using watch = store.watch({ prefix: '/', afterRevision: start })
    const told: number[] = []
    for (let stood = start, rounds = 0; stood < Math.max(...written); rounds++) {
      const { value } = await watch.next()
      assert(value !== undefined, 'the watch goes on')
      told.push(...value.events.map(({ revision }) => revision))
      stood = value.revision
      if (rounds < 10) await write(20)
    }
    assert.deepEqual(
      told,
      written.toSorted((a, b) => a - b),
    )
  },
  'may be resumed after any revision it was told': async ({ store }) => {
    const start = await store.currentRevision()
    const revisions = await putAll(store, ['/1', '/2', '/3', '/4', '/end'])
    const end = revisions.at(-1) ?? 0
    for (const [i, revision] of [start, ...revisions.slice(0, -1)].entries()) {
      const events = await eventsUpTo(end, store.watch({ prefix: '/', afterRevision: revision }))
      assert.deepEqual(events.map(summary), ['put /1', 'put /2', 'put /3', 'put /4', 'put /end'].slice(i))
    }
  },
  'from a future revision, fails with FutureRevision': async ({ store }) => {
    const afterRevision = (await store.currentRevision()) + 1000
    await assert.rejects(store.watch({ prefix: '/', afterRevision }).next(), failsWith('FutureRevision'))
  },
  'tells its progress when asked, past changes of others': async ({ store }) => {
    await using watch = store.watch({ prefix: '/quiet/' })
    await watch.next()
    const revision = await put(store, '/loud', bytes('one'))
    watch.requestProgress()
    assert.deepEqual(await eventsUpTo(revision, watch), [])
  },
  'tells its progress when nothing happened for the interval': async ({ store, pass }) => {
    await using watch = store.watch({ prefix: '/quiet/', progressIntervalMs: 1000 })
    await watch.next()
    const revision = await put(store, '/loud', bytes('one'))
    const told = eventsUpTo(revision, watch)
    await pass(1000)
    assert.deepEqual(await told, [])
  },
  'progress never overtakes events': async ({ store }) => {
    for (let round = 0; round < 20; round++) {
      const watch = store.watch({ prefix: '/' })
      await watch.next()
      const writes = Promise.all(Array.from({ length: 10 }, (_, i) => put(store, `/k${i}`, bytes('one'))))
      watch.requestProgress()
      const last = Math.max(...(await writes))
      watch.requestProgress()
      assert.equal((await eventsUpTo(last, watch)).length, 10)
    }
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
  'ten thousand watches each get their own, and those that vanish harm none': async ({ store }) => {
    const abort = new AbortController()
    const watches = Array.from({ length: 10_000 }, (_, i) => store.watch({ prefix: i % 2 === 0 ? '/k/' : `/k/${i}/` }, abort.signal))
    await Promise.all(watches.map((watch) => watch.next()))
    await Promise.all(watches.filter((_, i) => i % 4 === 0).map(async (watch) => await watch.return?.()))
    await putAll(store, ['/k/1/a', '/k/2/a', '/k/9999/a'])
    const [alone, shared, other] = [watches[1], watches[2], watches[9999]]
    assert(alone !== undefined && shared !== undefined && other !== undefined)
    assert.deepEqual((await take(3, shared)).map(summary), ['put /k/1/a', 'put /k/2/a', 'put /k/9999/a'])
    assert.deepEqual((await take(1, other)).map(summary), ['put /k/9999/a'])
    abort.abort()
    assert.equal((await untilDone(alone)).at(-1)?.done, true)
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

/** What a watch still has to say, with its end. */
async function untilDone(watch: Watch): Promise<IteratorResult<WatchBatch, undefined>[]> {
  const results = [await watch.next()]
  while (results.at(-1)?.done !== true) results.push(await watch.next())
  return results
}
