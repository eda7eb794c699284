/** What a read of several keys gives, now and of old. */
import assert from 'node:assert/strict'
import { put, remove } from '../single-key.ts'
import type { RangeResult } from '../store.ts'
import { contract, type Subject } from './contract.ts'
import { bytes, failsWith, putAll, text } from './sample.ts'

export const rangeContract = contract<Subject>('range', {
  'a prefix gives its keys in order and no others': async ({ store }) => {
    await putAll(store, ['/pods/b', '/pods/a', '/podsecurity/x', '/nodes/n', '/pods/a/deep'])
    assert.deepEqual(keysIn(await store.range({ prefix: '/pods/' })), ['/pods/a', '/pods/a/deep', '/pods/b'])
    assert.deepEqual(keysIn(await store.range({ prefix: '/none/' })), [])
    assert.equal((await store.range({ prefix: '' })).entries.length, 5)
  },
  'from and to include the first and exclude the last': async ({ store }) => {
    await putAll(store, ['/a', '/b', '/c', '/d'])
    assert.deepEqual(keysIn(await store.range({ from: '/b', to: '/d' })), ['/b', '/c'])
    assert.equal(await store.count({ from: '/b', to: '/d' }), 2)
  },
  'pages join to the whole, and each tells how many remain': async ({ store }) => {
    await putAll(store, ['/k/1', '/k/2', '/k/3', '/k/4', '/k/5', '/l'])
    const first = await store.range({ prefix: '/k/', limit: 2 })
    const second = await store.range({ prefix: '/k/', limit: 2, afterKey: '/k/2' })
    const third = await store.range({ prefix: '/k/', limit: 2, afterKey: '/k/4' })
    assert.deepEqual([first, second, third].map(keysIn), [['/k/1', '/k/2'], ['/k/3', '/k/4'], ['/k/5']])
    assert.deepEqual([first.remaining, second.remaining, third.remaining], [3, 1, 0])
  },
  'pages at one revision do not see what happens in between': async ({ store }) => {
    const revisions = await putAll(store, ['/k/1', '/k/2', '/k/3', '/k/4'])
    const first = await store.range({ prefix: '/k/', limit: 2 })
    assert.ok(first.revision >= (revisions.at(-1) ?? Infinity))
    await remove(store, '/k/3')
    await put(store, '/k/4', bytes('changed'))
    await put(store, '/k/5', bytes('new'))
    const rest = await store.range({ prefix: '/k/', limit: 2, afterKey: '/k/2', atRevision: first.revision })
    assert.deepEqual(rest.entries.map(text), ['/k/3', '/k/4'])
    assert.deepEqual([rest.revision, rest.remaining], [first.revision, 0])
  },
  'pages at one revision join to exactly the state of that revision while others write': async ({ store }) => {
    const names = Array.from({ length: 60 }, (_, i) => `/k/${String(i).padStart(2, '0')}`)
    await Promise.all(names.map((key) => put(store, key, bytes('old'))))
    const whole = await store.range({ prefix: '/k/' })
    const others = names.map((key, i) => (i % 3 === 0 ? remove(store, key) : put(store, `${key}${i % 3}`, bytes('new'))))
    const joined = []
    for (let afterKey: string | undefined, remaining = 1; remaining > 0; ) {
      const page = await store.range({ prefix: '/k/', limit: 7, afterKey, atRevision: whole.revision })
      assert.equal(page.remaining, whole.entries.length - joined.length - page.entries.length)
      joined.push(...page.entries)
      remaining = page.remaining
      afterKey = page.entries.at(-1)?.key
    }
    await Promise.all(others)
    assert.deepEqual(joined, whole.entries)
  },
  'an old revision shows keys that were deleted and made again since': async ({ store }) => {
    const old = await put(store, '/a', bytes('first'))
    await remove(store, '/a')
    const gone = await store.currentRevision()
    await put(store, '/a', bytes('second'))
    assert.deepEqual((await store.range({ prefix: '/', atRevision: old })).entries.map(text), ['first'])
    assert.deepEqual((await store.range({ prefix: '/', atRevision: gone })).entries.map(text), [])
    assert.deepEqual((await store.range({ prefix: '/' })).entries.map(text), ['second'])
  },
  'a revision that is not there yet is FutureRevision': async ({ store }) => {
    const revision = await put(store, '/a', bytes('one'))
    await assert.rejects(store.range({ prefix: '/', atRevision: revision + 1000 }), failsWith('FutureRevision'))
  },
  'count counts keys, not versions': async ({ store }) => {
    await putAll(store, ['/k/1', '/k/2', '/k/2', '/k/3', '/kk'])
    await remove(store, '/k/3')
    assert.equal(await store.count({ prefix: '/k/' }), 2)
    assert.equal(await store.count({ prefix: '' }), 3)
    assert.equal(await store.count({ prefix: '/none' }), 0)
  },
  'status tells where the store stands': async ({ store }) => {
    const [, second = 0] = await putAll(store, ['/a', '/b', '/a'])
    await store.compact(second)
    const { revision, compactRevision, keyCount, sizeBytes, degraded } = await store.status()
    assert.equal(compactRevision, second)
    assert.ok(revision > second && keyCount >= 2 && sizeBytes > 0)
    assert.equal(degraded, undefined)
  },
})

function keysIn(result: RangeResult): string[] {
  return result.entries.map(({ key }) => key)
}
