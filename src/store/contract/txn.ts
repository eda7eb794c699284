/** What a transaction does, alone and among many. */
import assert from 'node:assert/strict'
import { create, put, remove, update } from '../single-key.ts'
import { contract, type Subject } from './contract.ts'
import { bytes, failsWith, take, text } from './sample.ts'

export const txnContract = contract<Subject>('txn', {
  'a created key is there with its revision, as version 1': async ({ store }) => {
    const created = await create(store, '/a', bytes('one'))
    assert(created.succeeded)
    const entry = await store.get('/a')
    assert.equal(text(entry), 'one')
    assert.deepEqual([entry?.createRevision, entry?.modRevision, entry?.version], [created.revision, created.revision, 1])
    assert.equal(await store.currentRevision(), created.revision)
  },
  'create refuses a key that is there, and tells what is there': async ({ store }) => {
    const revision = await put(store, '/a', bytes('one'))
    const second = await create(store, '/a', bytes('two'))
    assert(!second.succeeded)
    assert.equal(second.current?.modRevision, revision)
    assert.equal(text(await store.get('/a')), 'one')
    assert.equal(await store.currentRevision(), revision)
  },
  'update swaps only on the expected revision': async ({ store }) => {
    const first = await put(store, '/a', bytes('one'))
    const second = await update(store, '/a', bytes('two'), { modRevision: first })
    assert(second.succeeded)
    assert.equal(text(second.previous), 'one')
    const late = await update(store, '/a', bytes('three'), { modRevision: first })
    assert(!late.succeeded)
    assert.equal(text(late.current), 'two')
    const entry = await store.get('/a')
    assert.deepEqual([entry?.createRevision, entry?.modRevision, entry?.version], [first, second.revision, 2])
  },
  'delete gives what was deleted; a key made again starts anew': async ({ store }) => {
    const first = await put(store, '/a', bytes('one'))
    const removed = await remove(store, '/a', { modRevision: first })
    assert(removed.succeeded)
    assert.equal(text(removed.previous), 'one')
    assert.ok(removed.revision > first)
    assert.equal(await store.get('/a'), undefined)
    const again = await put(store, '/a', bytes('two'))
    const entry = await store.get('/a')
    assert.deepEqual([entry?.createRevision, entry?.version], [again, 1])
  },
  'to delete what is not there takes no revision': async ({ store }) => {
    const revision = await put(store, '/a', bytes('one'))
    const removed = await remove(store, '/b')
    assert(removed.succeeded)
    assert.deepEqual([removed.revision, removed.previous], [revision, undefined])
  },
  'several operations happen under one revision, or none does': async ({ store }) => {
    await put(store, '/old', bytes('old'))
    const operations = [
      { type: 'put', key: '/a', value: bytes('a') },
      { type: 'put', key: '/b', value: bytes('b') },
      { type: 'delete', key: '/old' },
    ] as const
    const done = await store.txn({ compares: [{ key: '/a', modRevision: 0 }], operations })
    assert(done.succeeded)
    const entries = (await store.range({ prefix: '/' })).entries
    assert.deepEqual(
      entries.map(({ key, modRevision }) => [key, modRevision]),
      [
        ['/a', done.revision],
        ['/b', done.revision],
      ],
    )
    const again = await store.txn({
      compares: [
        { key: '/c', modRevision: 0 },
        { key: '/a', modRevision: 0 },
      ],
      operations,
    })
    assert(!again.succeeded)
    assert.deepEqual(
      again.current.map((entry) => entry?.key),
      [undefined, '/a'],
    )
    assert.equal(await store.currentRevision(), done.revision)
  },
  'a key may not be operated on twice': async ({ store }) => {
    const twice = { type: 'put', key: '/a', value: bytes('a') } as const
    await assert.rejects(store.txn({ compares: [], operations: [twice, twice] }), failsWith('Invalid'))
    assert.equal(await store.get('/a'), undefined)
  },
  'of many who swap at once, one wins each round and nothing is lost': async ({ store }) => {
    await put(store, '/counter', bytes('0'))
    const increment = async (): Promise<void> => {
      for (;;) {
        const entry = await store.get('/counter')
        const next = bytes(String(Number(text(entry)) + 1))
        if ((await update(store, '/counter', next, { modRevision: entry?.modRevision ?? 0 })).succeeded) return
      }
    }
    await Promise.all(Array.from({ length: 30 }, increment))
    assert.equal(text(await store.get('/counter')), '30')
  },
  'a loser of the same moment sees the winner': async ({ store }) => {
    const outcomes = await Promise.all(['one', 'two', 'three'].map((value) => create(store, '/a', bytes(value))))
    const winners = outcomes.filter(({ succeeded }) => succeeded)
    assert.equal(winners.length, 1)
    for (const outcome of outcomes) {
      if (!outcome.succeeded) assert.equal(outcome.current?.modRevision, winners[0]?.revision)
    }
  },
  'what is written together gets different revisions, and each stands in its entry': async ({ store }) => {
    const keys = Array.from({ length: 500 }, (_, i) => `/k${String(i).padStart(3, '0')}`)
    const revisions = await Promise.all(keys.map((key) => put(store, key, bytes('x'))))
    assert.equal(new Set(revisions).size, 500)
    const { entries } = await store.range({ prefix: '/k' })
    assert.deepEqual(
      entries.map(({ modRevision }) => modRevision),
      revisions,
    )
  },
  'a value of 1.5 MiB, key and frame included, comes back byte for byte': async ({ store }) => {
    const huge = new Uint8Array(1.5 * 2 ** 20 - 512).map((_, i) => i % 251)
    const start = await put(store, '/huge', huge)
    const entry = await store.get('/huge')
    assert.ok(entry !== undefined && Buffer.from(huge).equals(entry.value))
    await remove(store, '/huge')
    const [event] = await take(1, store.watch({ prefix: '/huge', afterRevision: start }))
    assert.ok(event?.previous !== undefined && Buffer.from(huge).equals(event.previous.value))
  },
  'a client that vanishes in the middle leaves all of its transaction or nothing': async ({ store }) => {
    for (let round = 0; round < 20; round++) {
      const keys = [`/${round}/a`, `/${round}/b`, `/${round}/c`]
      const abort = new AbortController()
      const operations = keys.map((key) => ({ type: 'put', key, value: bytes(key) }) as const)
      const abandoned = store.txn({ compares: [], operations }, abort.signal).catch(() => undefined)
      if (round % 2 === 0) await Promise.resolve()
      abort.abort()
      const result = await abandoned
      await put(store, '/other', bytes('goes on'))
      const { length } = (await store.range({ prefix: `/${round}/` })).entries
      assert.ok(length === 3 || (length === 0 && result === undefined), `${length} of 3 keys are there`)
    }
  },
  'an empty value is a value': async ({ store }) => {
    await put(store, '/empty', new Uint8Array())
    assert.equal(text(await store.get('/empty')), '')
  },
  'after close, every call fails with Closed': async ({ store }) => {
    await store.close()
    await assert.rejects(store.get('/a'), failsWith('Closed'))
    await assert.rejects(put(store, '/a', bytes('one')), failsWith('Closed'))
    await assert.rejects(store.watch({ prefix: '/' }).next(), failsWith('Closed'))
    await store.close()
  },
  'close finishes the writes under way': async ({ store }) => {
    const write = put(store, '/a', bytes('one'))
    await store.close()
    assert.ok((await write) > 0)
  },
})
