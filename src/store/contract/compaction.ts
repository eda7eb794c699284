/** What a store may forget, and what it says when asked for it. */
import assert from 'node:assert/strict'
import { put, remove } from '../single-key.ts'
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
