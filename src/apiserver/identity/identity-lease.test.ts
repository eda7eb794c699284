import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { Client } from '#client/client'
import { Lease } from '#kinds/coordination/lease.kind'
import { createMemoryStore } from '#store/memory/memory-store'
import { startTestApiServer } from '#testing/api-server'
import { apiServerUser } from '../api-server.ts'
import { apiServerId } from './api-server-id.ts'
import { identityLease, isExpired } from './identity-lease.ts'

test('the id of a server is the one that upstream gives it on the same host', () => {
  // As recorded from a v1.36 API server on a host of that name.
  assert.equal(apiServerId('vm'), 'apiserver-wlv32tlttr4jl3gtroqexyxapa')
})

const own = { name: 'apiserver-x', holderIdentity: 'apiserver-x_1', hostname: 'one', peerAddress: '192.0.2.1:6443' }

test('a renewed lease keeps what others wrote into it', () => {
  const made = identityLease(undefined, own, '2026-01-01T00:00:00.000000Z')
  assert.deepEqual(made.metadata.labels, { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': 'one' })
  const marked = { ...made, metadata: { ...made.metadata, labels: { ...made.metadata.labels, mine: 'yes' }, resourceVersion: '7' } }
  const renewed = identityLease(marked, { ...own, holderIdentity: 'apiserver-x_2' }, '2026-01-01T00:00:10.000000Z')
  assert.equal(renewed.metadata.labels?.['mine'], 'yes')
  assert.equal(renewed.metadata.resourceVersion, '7')
  assert.deepEqual(renewed.spec, {
    holderIdentity: 'apiserver-x_2',
    leaseDurationSeconds: 3600,
    renewTime: '2026-01-01T00:00:10.000000Z',
  })
})

for (const [why, spec, want] of [
  ['renewed within its time', { renewTime: '2026-01-01T00:00:01Z', leaseDurationSeconds: 3600 }, false],
  ['over', { renewTime: '2025-12-31T23:59:59Z', leaseDurationSeconds: 3600 }, true],
  ['never renewed', { leaseDurationSeconds: 3600 }, true],
  ['without a time', { renewTime: '2026-01-01T00:59:59Z' }, true],
] as const) {
  test(`an identity lease that is ${why}: expired is ${want}`, () => {
    const lease: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: {}, spec }
    assert.equal(isExpired(lease, Date.parse('2026-01-01T01:00:00Z')), want)
  })
}

test('each of two servers has its lease, and removes that of a server that is no more', async () => {
  await using store = createMemoryStore({ clock: systemClock })
  await using one = await startTestApiServer({ storeIsShared: true, identity: { hostname: 'one' } }, { store })
  const gone = identityLease(undefined, { ...own, name: 'apiserver-gone', hostname: 'gone' }, '2020-01-01T00:00:00.000000Z')
  await one.client.create(Lease, gone)
  await using two = await startTestApiServer({ storeIsShared: true, identity: { hostname: 'two' } }, { store })
  const client = new Client(two.server.loopback(apiServerUser))
  const wanted = [apiServerId('one'), apiServerId('two')].toSorted()
  for (;;) {
    const { items } = await client.list(Lease, { namespace: 'kube-system' })
    const names = items.map(({ metadata }) => metadata.name).toSorted()
    if (names.join() === wanted.join()) break
    await new Promise((resolve) => setImmediate(resolve))
  }
})
