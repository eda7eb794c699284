import assert from 'node:assert/strict'
import { put, remove } from '../single-key.ts'
import { isStoreError } from '../store-error.ts'
import { contract, type Subject } from './contract.ts'
import { bytes, failsWith, putAll, summary, take, text } from './sample.ts'

export const compactionContract = contract<Subject>('compaction', {
  'what is current stays, also what was written long before': async ({ store }) => {
    await putAll(store, ['/a', '/b', '/a'])
    await remove(store, '/b')
    const revision = await put(store, '/c', bytes('c'))
    await store.compact(revision)
    assert.deepEqual((await store.range({ prefix: '/' })).entries.map(text), ['/a', 'c'])
    assert.equal((await store.status()).compactRevision, revision)
    const entry = await store.get('/a')
    assert.equal(entry?.version, 2)
  },
  'reads before it fail with Compacted and the oldest revision; at it they work': async ({ store }) => {
    const [first = 0, second = 0] = await putAll(store, ['/a', '/b', '/c'])
    await store.compact(second)
    const oldest = (error: unknown): boolean => isStoreError(error, 'Compacted') && error.oldestRevision === second
    await assert.rejects(store.range({ prefix: '/', atRevision: first }), oldest)
    assert.equal((await store.range({ prefix: '/', atRevision: second })).entries.length, 2)
  },
  'a watch from before it fails with Compacted and the oldest revision; from it, it works': async ({ store }) => {
    const [first, second] = await putAll(store, ['/a', '/b', '/c'])
    await store.compact(second ?? 0)
    const oldest = (error: unknown): boolean => isStoreError(error, 'Compacted') && error.oldestRevision === second
    await assert.rejects(store.watch({ prefix: '/', afterRevision: first }).next(), oldest)
    assert.deepEqual((await take(1, store.watch({ prefix: '/', afterRevision: second }))).map(summary), ['put /c'])
  },
  'a delete after it still carries what was before': async ({ store }) => {
    const revision = await put(store, '/a', bytes('one'))
    await store.compact(revision)
    await remove(store, '/a')
    const [event] = await take(1, store.watch({ prefix: '/', afterRevision: revision }))
    assert.equal(text(event?.previous), 'one')
  },
  'of many versions only the newest is kept': async ({ store }) => {
    for (let i = 0; i < 2500; i++) await put(store, `/k${i % 5}`, bytes(`value ${i}`))
    const revision = await store.currentRevision()
    await store.compact(revision)
    const { entries } = await store.range({ prefix: '/' })
    assert.deepEqual(
      entries.map(text),
      [2495, 2496, 2497, 2498, 2499].map((i) => `value ${i}`),
    )
    assert.equal(entries[0]?.version, 500)
  },
  'a reader that sleeps through it learns so': async ({ store }) => {
    const start = await store.currentRevision()
    const sleeper = store.watch({ prefix: '/', afterRevision: start })
    const revisions = await putAll(store, ['/a', '/b'])
    await store.compact(revisions.at(-1) ?? 0)
    await assert.rejects(sleeper.next(), failsWith('Compacted'))
  },
  'of the future is refused; of the past changes nothing': async ({ store }) => {
    const revision = await put(store, '/a', bytes('one'))
    await assert.rejects(store.compact(revision + 1), failsWith('FutureRevision'))
    await store.compact(revision)
    await store.compact(revision - 1)
    assert.equal((await store.status()).compactRevision, revision)
  },
})
