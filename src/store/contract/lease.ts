/** What a store does with leases, whatever its clock. */
import assert from 'node:assert/strict'
import { put } from '../single-key.ts'
import { contract, type Subject } from './contract.ts'
import { bytes, failsWith, keysOf, summary, take } from './sample.ts'

export const leaseContract = contract<Subject>('lease', {
  'its keys are deleted when it expires, and watches see it': async ({ store, pass, leaseMs, leaseLatenessMs }) => {
    const lease = await store.grantLease(leaseMs)
    assert.equal(lease.ttlMs, leaseMs)
    const revision = await put(store, '/a', bytes('one'), { leaseId: lease.id })
    await put(store, '/b', bytes('two'))
    assert.equal((await store.get('/a'))?.leaseId, lease.id)
    const deleted = take(2, store.watch({ prefix: '/', afterRevision: revision }))
    await pass(leaseMs / 2)
    assert.deepEqual(await keysOf(store), ['/a', '/b'])
    await pass(leaseMs / 2 + leaseLatenessMs)
    assert.deepEqual((await deleted).map(summary), ['put /b', 'delete /a'])
    assert.deepEqual(await keysOf(store), ['/b'])
    assert.equal(await store.lease(lease.id), undefined)
    await assert.rejects(store.keepLeaseAlive(lease.id), failsWith('LeaseNotFound'))
  },
  'a kept-alive lease lives its whole time again': async ({ store, pass, leaseMs, leaseLatenessMs }) => {
    const { id } = await store.grantLease(leaseMs)
    await put(store, '/a', bytes('one'), { leaseId: id })
    const deleted = take(1, store.watch({ prefix: '/' }))
    await pass(0.7 * leaseMs)
    assert.deepEqual(await store.keepLeaseAlive(id), { id, ttlMs: leaseMs })
    await pass(0.7 * leaseMs)
    assert.deepEqual(await keysOf(store), ['/a'])
    await pass(0.3 * leaseMs + leaseLatenessMs)
    assert.deepEqual((await deleted).map(summary), ['delete /a'])
  },
  'each expires for itself': async ({ store, pass, leaseMs, leaseLatenessMs }) => {
    const short = await store.grantLease(leaseMs)
    const long = await store.grantLease(10 * leaseMs)
    await put(store, '/short', bytes('one'), { leaseId: short.id })
    const revision = await put(store, '/long', bytes('one'), { leaseId: long.id })
    const deleted = take(1, store.watch({ prefix: '/', afterRevision: revision }))
    await pass(leaseMs + leaseLatenessMs)
    assert.deepEqual((await deleted).map(summary), ['delete /short'])
    assert.deepEqual(await keysOf(store), ['/long'])
    assert.deepEqual(await store.lease(long.id), { id: long.id, ttlMs: 10 * leaseMs })
  },
  'is found by its id, as it was granted': async ({ store, leaseMs }) => {
    const lease = await store.grantLease(leaseMs)
    assert.deepEqual(await store.lease(lease.id), { id: lease.id, ttlMs: leaseMs })
    assert.notEqual((await store.grantLease(leaseMs)).id, lease.id)
  },
  'a key put anew without it, or under another, no longer hangs on it': async ({ store, leaseMs }) => {
    const first = await store.grantLease(leaseMs)
    const second = await store.grantLease(leaseMs)
    for (const key of ['/a', '/b', '/c']) await put(store, key, bytes('one'), { leaseId: first.id })
    await put(store, '/a', bytes('two'))
    await put(store, '/b', bytes('two'), { leaseId: second.id })
    await store.revokeLease(first.id)
    assert.deepEqual(await keysOf(store), ['/a', '/b'])
  },
  'revoking deletes all its keys under one revision': async ({ store, leaseMs }) => {
    const { id } = await store.grantLease(leaseMs)
    for (const key of ['/a', '/b']) await put(store, key, bytes('one'), { leaseId: id })
    const revision = await store.currentRevision()
    await store.revokeLease(id)
    const events = await take(2, store.watch({ prefix: '/', afterRevision: revision }))
    assert.deepEqual(events.map(summary), ['delete /a', 'delete /b'])
    const [first, second] = events.map((event) => event.revision)
    assert.ok(first === second && (first ?? 0) > revision)
  },
  'one that is not there is LeaseNotFound, for every use': async ({ store, leaseMs }) => {
    const { id } = await store.grantLease(leaseMs)
    await store.revokeLease(id)
    assert.equal(await store.lease(id), undefined)
    await assert.rejects(store.keepLeaseAlive(id), failsWith('LeaseNotFound'))
    await assert.rejects(store.revokeLease(id), failsWith('LeaseNotFound'))
    await assert.rejects(put(store, '/a', bytes('one'), { leaseId: id }), failsWith('LeaseNotFound'))
    assert.equal(await store.get('/a'), undefined)
  },
  'a put in the same moment as the revocation is refused or deleted, never left': async ({ store, leaseMs }) => {
    const { id } = await store.grantLease(leaseMs)
    const before = put(store, '/before', bytes('one'), { leaseId: id })
    const revoked = store.revokeLease(id)
    const after = put(store, '/after', bytes('one'), { leaseId: id })
    await Promise.allSettled([before, revoked, after])
    assert.deepEqual(await keysOf(store), [])
  },
})
