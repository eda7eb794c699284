/** What a store may forget, and what it says when asked for it. */
import assert from 'node:assert/strict'
import { put, remove } from '../single-key.ts'
import type { RangeResult, StoreEvent, Watch } from '../store.ts'
import { isStoreError } from '../store-error.ts'
import { contract, type Subject } from './contract.ts'
import { bytes, eventsUpTo, failsWith, putAll, summary, take, text } from './sample.ts'

export const compactionContract = contract<Subject>('compaction', {
  'what is current stays, also what was written long before': async ({ store }) => {
    await putAll(store, ['/a', '/b', '/a'])
    await remove(store, '/b')
    const revision = await put(store, '/c', bytes('c'))
    await store.compact(revision)
    assert.deepEqual((await store.range({ prefix: '/' })).entries.map(text), ['/a', 'c'])
    const entry = await store.get('/a')
    assert.equal(entry?.version, 2)
  },
  'reads before it fail with Compacted; at it and after it they work': async ({ store }) => {
    const [first = 0, second = 0, third = 0] = await putAll(store, ['/a', '/b', '/c'])
    await store.compact(second)
    await assert.rejects(store.range({ prefix: '/', atRevision: first }), compactedAt(second))
    for (const [revision, length] of [
      [second, 2],
      [third, 3],
    ] as const) {
      assert.equal((await store.range({ prefix: '/', atRevision: revision })).entries.length, length)
    }
  },
  'a watch from before it fails with Compacted; from it, it works': async ({ store }) => {
    const [first, , third = 0] = await putAll(store, ['/a', '/b', '/c', '/d'])
    await store.compact(third)
    await assert.rejects(eventsUpTo(third, store.watch({ prefix: '/', afterRevision: first })), compactedAt(third))
    assert.deepEqual((await take(1, store.watch({ prefix: '/', afterRevision: third }))).map(summary), ['put /d'])
  },
  'a delete after it still carries what was before': async ({ store }) => {
    const revision = await put(store, '/a', bytes('one'))
    await store.compact(revision)
    await remove(store, '/a')
    const [event] = await take(1, store.watch({ prefix: '/', afterRevision: revision }))
    assert.equal(text(event?.previous), 'one')
  },
  'of many versions only the newest is kept': async ({ store }) => {
    for (let round = 0; round < 250; round++) {
      await Promise.all(Array.from({ length: 10 }, (_, i) => put(store, `/k${i}`, bytes(`value ${round}`))))
    }
    await store.compact(await store.currentRevision())
    const { entries } = await store.range({ prefix: '/' })
    assert.equal(entries.length, 10)
    assert.ok(entries.every((entry) => text(entry) === 'value 249' && entry.version === 250))
  },
  'a reader that sleeps through it learns so, or has everything': async ({ store }) => {
    const start = await store.currentRevision()
    const sleeper = store.watch({ prefix: '/', afterRevision: start })
    const revisions = await putAll(store, ['/a', '/b', '/c'])
    const last = revisions.at(-1) ?? 0
    await store.compact(last)
    const outcome = await eventsUpTo(last, sleeper).catch((error: unknown) => error)
    if (Array.isArray(outcome)) assert.deepEqual(outcome.map(summary), ['put /a', 'put /b', 'put /c'])
    else assert.ok(failsWith('Compacted')(outcome), String(outcome))
  },
  // As kine once lost them (k3s-io/kine#408): the deletion was forgotten before what it deleted.
  'deleted keys never come back, whatever is compacted in between': async ({ store }) => {
    const keys = Array.from({ length: 100 }, (_, i) => `/k${i}`)
    await Promise.all(keys.map((key) => put(store, key, bytes(key))))
    for (const key of keys) {
      const { revision } = await remove(store, key)
      await store.compact(revision)
      assert.equal(await store.get(key), undefined)
    }
    const { entries, revision } = await store.range({ prefix: '/' })
    assert.deepEqual(entries, [])
    assert.deepEqual((await store.range({ prefix: '/', atRevision: revision })).entries, [])
    assert.equal(await store.count({ prefix: '/' }), 0)
  },
  // k3s-io/kine#220: compaction overtook what fed the watches, and deletions were never told.
  'a watch that keeps up misses no deletion, however closely compaction follows': async ({ store }) => {
    await using watch = store.watch({ prefix: '/' })
    await watch.next()
    for (let round = 0; round < 50; round++) {
      await put(store, '/a', bytes(`${round}`))
      const { revision } = await remove(store, '/a')
      const [events] = await Promise.all([readUpTo(revision, watch), store.compact(revision - 1)])
      assert.deepEqual(events.map(summary), ['put /a', 'delete /a'])
    }
  },
  // k3s-io/kine#311: what was newest lay before the mark of the compaction.
  'up to the newest revision leaves a store that goes on, also when that is a deletion': async ({ store }) => {
    await put(store, '/a', bytes('one'))
    const { revision: gone } = await remove(store, '/a')
    await store.compact(gone)
    assert.equal(await store.currentRevision(), gone)
    const events = take(1, store.watch({ prefix: '/', afterRevision: gone }))
    const made = await put(store, '/a', bytes('two'))
    assert.ok(made > gone)
    assert.equal((await store.get('/a'))?.version, 1)
    assert.equal((await events)[0]?.previous, undefined)
  },
  'of two that overlap, the one that goes further stands': async ({ store }) => {
    for (let turns = 0; turns < 10; turns++) {
      const [first = 0, , third = 0] = await putAll(store, ['/a', '/b', '/c'])
      const further = store.compact(third)
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      await Promise.all([further, store.compact(first)])
      await assert.rejects(store.range({ prefix: '/', atRevision: first }), compactedAt(third))
      assert.equal((await store.range({ prefix: '/', atRevision: third })).entries.length, 3)
    }
  },
  // k3s-io/kine#414: one failure stopped compaction for ever.
  'one that was given up in the middle can be taken up again': async ({ store }) => {
    for (let round = 0; round < 30; round++) await Promise.all(Array.from({ length: 100 }, (_, i) => put(store, `/k${i}`, bytes('x'))))
    const revision = await store.currentRevision()
    const abort = new AbortController()
    const givenUp = store.compact(revision, abort.signal).catch(() => undefined)
    abort.abort()
    await givenUp
    assert.equal((await store.range({ prefix: '/' })).entries.length, 100)
    await store.compact(revision)
    await assert.rejects(store.range({ prefix: '/', atRevision: revision - 1 }), failsWith('Compacted'))
    assert.equal((await store.range({ prefix: '/', atRevision: revision })).entries.length, 100)
  },
  'pages that are read meanwhile are right, or Compacted': async ({ store }) => {
    const keys = Array.from({ length: 40 }, (_, i) => `/k${String(i).padStart(2, '0')}`)
    for (const key of keys) await put(store, key, bytes('old'))
    const { revision } = await store.range({ prefix: '/', limit: 1 })
    const changing = Promise.all(keys.map((key) => put(store, key, bytes('new'))))
    const pages: Promise<RangeResult | undefined>[] = keys.map((afterKey) =>
      store.range({ prefix: '/', limit: 5, afterKey, atRevision: revision }).catch(onlyCompacted),
    )
    const compacting = store.compact(Math.max(...(await changing)))
    pages.push(...keys.map((afterKey) => store.range({ prefix: '/', limit: 5, afterKey, atRevision: revision }).catch(onlyCompacted)))
    await compacting
    for (const page of await Promise.all(pages)) assert.ok(page?.entries.every((entry) => text(entry) === 'old') ?? true)
  },
  'of the future is refused; of the past changes nothing': async ({ store }) => {
    const [first = 0, second = 0, third = 0] = await putAll(store, ['/a', '/a', '/a'])
    await assert.rejects(store.compact(third + 1000), failsWith('FutureRevision'))
    await store.compact(second)
    await store.compact(second)
    await store.compact(first)
    await assert.rejects(store.range({ prefix: '/', atRevision: first }), failsWith('Compacted'))
    assert.equal((await store.range({ prefix: '/', atRevision: second })).entries[0]?.modRevision, second)
  },
})

/** A failure as Compacted; where it names the oldest revision, that is the one given. */
function compactedAt(revision: number): (error: unknown) => boolean {
  return (error) => isStoreError(error, 'Compacted') && (error.oldestRevision ?? revision) === revision
}

function onlyCompacted(error: unknown): undefined {
  assert.ok(failsWith('Compacted')(error), String(error))
}

/** The next events of a watch that stays open, until it says that it has told everything up to the revision. */
async function readUpTo(revision: number, watch: Watch): Promise<StoreEvent[]> {
  const events: StoreEvent[] = []
  for (;;) {
    const { value } = await watch.next()
    assert(value !== undefined, 'the watch goes on')
    events.push(...value.events)
    if (value.revision >= revision) return events
  }
}
