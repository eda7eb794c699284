import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { VirtualClock } from '#base/env/virtual-clock'
import type { Client } from '#client/client'
import { Endpoints } from '#kinds/core/endpoints.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { createMemoryStore } from '#store/memory/memory-store'
import type { Store } from '#store/store'
import { startTestApiServer } from '#testing/api-server'
import { MasterLeases } from './master-leases.ts'
import { countedAddresses, serverEndpoints, serverPorts } from './server-endpoints.ts'

const ref = { namespace: 'default', name: 'kubernetes' }
const encode = () => new TextEncoder().encode('{}')

async function addressesSeen(client: Client) {
  const { subsets } = await client.get(Endpoints, ref)
  const { endpoints } = await client.get(EndpointSlice, ref)
  const addresses = (subsets?.[0]?.addresses ?? []).map(({ ip }) => ip)
  assert.deepEqual(
    (endpoints ?? []).flatMap((one) => one.addresses),
    addresses,
    'the slice says the same',
  )
  return addresses
}

function startServer(store: Store, advertiseAddress: string) {
  return startTestApiServer({ storeIsShared: true, advertiseAddress }, { store })
}

test('the only server of a store stands in the endpoints alone, and stays there', async () => {
  await using store = createMemoryStore({ clock: systemClock })
  const first = await startTestApiServer({ advertiseAddress: '192.0.2.1' }, { store })
  assert.deepEqual(await addressesSeen(first.client), ['192.0.2.1'])
  await first.close()
  await using second = await startTestApiServer({ advertiseAddress: '192.0.2.2' }, { store })
  assert.deepEqual(await addressesSeen(second.client), ['192.0.2.2'])
  assert.deepEqual((await store.range({ prefix: '/registry/masterleases/' })).entries, [])
})

test('servers on one store stand in the endpoints together; one that stops leaves, the last one too', async () => {
  await using store = createMemoryStore({ clock: systemClock })
  const one = await startServer(store, '192.0.2.1')
  const two = await startServer(store, '192.0.2.2')
  assert.deepEqual(await addressesSeen(two.client), ['192.0.2.1', '192.0.2.2'])
  assert.equal((await one.client.get(Endpoints, ref)).metadata.labels?.['endpointslice.kubernetes.io/skip-mirror'], 'true')
  await one.close()
  assert.deepEqual(await addressesSeen(two.client), ['192.0.2.2'])
  await two.close()
  await using three = await startTestApiServer({ storeIsShared: true, endpoints: { type: 'none' } }, { store })
  assert.deepEqual(await addressesSeen(three.client), [])
})

test('with reconciling left to others, nothing is written', async () => {
  await using server = await startTestApiServer({ endpoints: { type: 'none' } })
  await assert.rejects(server.client.get(Endpoints, ref), { reason: 'NotFound' })
})

test('a record lives as long as it is renewed; a renewal writes nothing; what was lost is written again', async () => {
  const clock = new VirtualClock()
  await using store = createMemoryStore({ clock })
  const leases = new MasterLeases({ store, encode })
  await leases.renew('192.0.2.1')
  const { revision } = await store.status()
  for (let turn = 0; turn < 3; turn++) {
    await clock.advance(10_000)
    await leases.renew('192.0.2.1')
  }
  assert.equal((await store.status()).revision, revision)
  await store.txn({ compares: [], operations: [{ type: 'delete', key: '/registry/masterleases/192.0.2.1' }] })
  await leases.renew('192.0.2.1')
  assert.deepEqual(await leases.addresses(), ['192.0.2.1'])
  await clock.advance(16_000)
  assert.deepEqual(await leases.addresses(), [])
  await leases.renew('192.0.2.1')
  assert.deepEqual(await leases.addresses(), ['192.0.2.1'])
})

test('foreign subsets are replaced, other ports only where they are to be put right', () => {
  const wanted = { addresses: ['192.0.2.1'], ports: serverPorts(6443), restoresPorts: false }
  const found = serverEndpoints(undefined, { ...wanted, ports: serverPorts(443) })
  assert.deepEqual(serverEndpoints(found, wanted).subsets?.[0]?.ports, serverPorts(443))
  assert.deepEqual(serverEndpoints(found, { ...wanted, restoresPorts: true }).subsets?.[0]?.ports, serverPorts(6443))
  const foreign = { ...found, subsets: [{ addresses: [{ ip: '192.0.2.9' }] }, { addresses: [{ ip: '192.0.2.8' }] }] }
  assert.deepEqual(serverEndpoints(foreign, wanted).subsets, [{ addresses: [{ ip: '192.0.2.1' }], ports: serverPorts(6443) }])
})

for (const [why, found, count, want] of [
  ['the first', [], 3, ['b']],
  ['one more', ['a'], 3, ['a', 'b']],
  ['too many: those behind go', ['a', 'b', 'c', 'd'], 2, ['a', 'b']],
  ['too many: in turn', ['a', 'b', 'c'], 1, ['b']],
] as const) {
  test(`addresses by count, ${why}`, () => assert.deepEqual(countedAddresses(found, 'b', count), want))
}
