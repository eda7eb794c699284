/** What a store promises that outlives its process: to be closed and opened again changes nothing. */
import assert from 'node:assert/strict'
import { put, remove } from '../single-key.ts'
import { contract, type DurableSubject } from './contract.ts'
import { bytes, eventsUpTo, failsWith, putAll, summary, take, text } from './sample.ts'

export const durableContract = contract<DurableSubject>('durable', {
  'opened again, it has its state, its history and its revision': async ({ store, reopen }) => {
    const [first = 0] = await putAll(store, ['/a', '/b', '/a'])
    await put(store, '/large', new Uint8Array(5_000).fill(7))
    const { revision } = await remove(store, '/b')
    const before = await store.range({ prefix: '/' })
    const again = await reopen()
    assert.equal(await again.currentRevision(), revision)
    assert.deepEqual(await again.range({ prefix: '/' }), before)
    assert.deepEqual((await again.range({ prefix: '/', atRevision: first })).entries.map(text), ['/a'])
    const events = await eventsUpTo(revision, again.watch({ prefix: '/', afterRevision: first }))
    assert.deepEqual(events.map(summary), ['put /b', 'put /a', 'put /large', 'delete /b'])
    assert.equal(text(events.at(-1)?.previous), '/b')
    assert.ok((await put(again, '/a', bytes('on'))) > revision)
    assert.equal((await again.get('/a'))?.version, 3)
  },
  // k3s-io/kine#311: what was newest lay before the mark of the compaction, and the store did not start.
  'compacted up to its newest revision, a deletion, it opens again and goes on': async ({ store, reopen }) => {
    await putAll(store, ['/a', '/b'])
    const { revision } = await remove(store, '/b')
    await store.compact(revision)
    const again = await reopen()
    assert.equal(await again.currentRevision(), revision)
    await assert.rejects(again.range({ prefix: '/', atRevision: revision - 1 }), failsWith('Compacted'))
    assert.deepEqual((await again.range({ prefix: '/' })).entries.map(text), ['/a'])
    const made = await put(again, '/b', bytes('again'))
    assert.ok(made > revision)
    assert.equal((await again.get('/b'))?.createRevision, made)
  },
  'leases live on with their keys, and end': async ({ store, reopen, pass, leaseMs, leaseLatenessMs }) => {
    const { id } = await store.grantLease(leaseMs)
    const revision = await put(store, '/a', bytes('one'), { leaseId: id })
    const again = await reopen()
    assert.deepEqual(await again.lease(id), { id, ttlMs: leaseMs })
    assert.equal((await again.get('/a'))?.leaseId, id)
    assert.notEqual((await again.grantLease(leaseMs)).id, id)
    const deleted = take(1, again.watch({ prefix: '/', afterRevision: revision }))
    await pass(leaseMs + leaseLatenessMs)
    assert.deepEqual((await deleted).map(summary), ['delete /a'])
  },
})
