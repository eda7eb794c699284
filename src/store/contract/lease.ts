import assert from 'node:assert/strict'
import { put } from '../single-key.ts'
import type { Store } from '../store.ts'
import { contract, type Subject } from './contract.ts'
import { bytes, failsWith, summary, take } from './sample.ts'

export const leaseContract = contract<Subject>('lease', {
  'its keys are deleted when it expires, and watches see it': async ({ store, clock }) => {
    const lease = await store.grantLease(10_000)
    const revision = await put(store, '/a', bytes('one'), { leaseId: lease.id })
    await put(store, '/b', bytes('two'))
    assert.equal((await store.get('/a'))?.leaseId, lease.id)
    const deleted = take(2, store.watch({ prefix: '/', afterRevision: revision }))
    await clock.advance(9_999)
    assert.deepEqual(await keysOf(store), ['/a', '/b'])
    await clock.advance(1_000)
    assert.deepEqual((await deleted).map(summary), ['put /b', 'delete /a'])
  },
  'a kept-alive lease lives its whole time again': async ({ store, clock }) => {
    const { id } = await store.grantLease(10_000)
    await put(store, '/a', bytes('one'), { leaseId: id })
    const deleted = take(1, store.watch({ prefix: '/' }))
    await clock.advance(9_000)
    assert.deepEqual(await store.keepLeaseAlive(id), { id, ttlMs: 10_000 })
    await clock.advance(9_000)
    assert.deepEqual(await keysOf(store), ['/a'])
    await clock.advance(1_500)
    assert.deepEqual((await deleted).map(summary), ['delete /a'])
  },
  'a key put anew without it, or under another, no longer hangs on it': async ({ store }) => {
    const first = await store.grantLease(10_000)
    const second = await store.grantLease(10_000)
    for (const key of ['/a', '/b', '/c']) await put(store, key, bytes('one'), { leaseId: first.id })
    await put(store, '/a', bytes('two'))
    await put(store, '/b', bytes('two'), { leaseId: second.id })
    await store.revokeLease(first.id)
    assert.deepEqual(await keysOf(store), ['/a', '/b'])
  },
  'revoking deletes all its keys under one revision': async ({ store }) => {
    const { id } = await store.grantLease(10_000)
    for (const key of ['/a', '/b']) await put(store, key, bytes('one'), { leaseId: id })
    const revision = await store.currentRevision()
    await store.revokeLease(id)
    const events = await take(2, store.watch({ prefix: '/', afterRevision: revision }))
    assert.deepEqual(
      events.map((event) => [summary(event), event.revision]),
      [
        ['delete /a', revision + 1],
        ['delete /b', revision + 1],
      ],
    )
  },
  'one that is not there is LeaseNotFound, for every use': async ({ store }) => {
    const { id } = await store.grantLease(10_000)
    await store.revokeLease(id)
    await assert.rejects(store.keepLeaseAlive(id), failsWith('LeaseNotFound'))
    await assert.rejects(store.revokeLease(id), failsWith('LeaseNotFound'))
    await assert.rejects(put(store, '/a', bytes('one'), { leaseId: id }), failsWith('LeaseNotFound'))
    assert.equal(await store.get('/a'), undefined)
  },
  'a put in the same moment as the revocation is refused or deleted, never left': async ({ store }) => {
    const { id } = await store.grantLease(10_000)
    const before = put(store, '/before', bytes('one'), { leaseId: id })
    const revoked = store.revokeLease(id)
    const after = put(store, '/after', bytes('one'), { leaseId: id })
    await Promise.allSettled([before, revoked, after])
    assert.deepEqual(await keysOf(store), [])
  },
})

async function keysOf(store: Store): Promise<string[]> {
  return (await store.range({ prefix: '/' })).entries.map(({ key }) => key)
}
