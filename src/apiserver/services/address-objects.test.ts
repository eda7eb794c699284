import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import type { Client } from '#client/client'
import { Service } from '#kinds/core/service.kind'
import { IPAddress } from '#kinds/networking/ip-address.kind'
import { ServiceCIDR } from '#kinds/networking/service-cidr.kind'
import { StatusError } from '#meta/status'
import { createMemoryStore } from '#store/memory/memory-store'
import { startTestApiServer } from '#testing/api-server'

type Spec = NonNullable<Service['spec']>

function service(name: string, spec: Spec = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { ports: [{ port: 80 }], ...spec },
    status: {},
  }
}

/** Which address is whose, but for the service `kubernetes`. */
async function addressesSeen(client: Client): Promise<readonly string[]> {
  const { items } = await client.list(IPAddress)
  const owned = items.map(({ metadata, spec }) => `${metadata.name} ${spec.parentRef?.namespace}/${spec.parentRef?.name}`)
  return owned.filter((text) => !text.endsWith(' default/kubernetes'))
}

const ref = (name: string) => ({ name, namespace: 'default' })

test('an address has an object as long as a service has the address', async () => {
  await using server = await startTestApiServer({ serviceClusterIpRanges: ['10.96.0.0/16', 'fd00::/112'] })
  const { client } = server
  const made = await client.create(Service, service('s', { clusterIP: '10.96.0.5' }))
  assert.deepEqual(await addressesSeen(client), ['10.96.0.5 default/s'])
  const { metadata } = await client.get(IPAddress, { name: '10.96.0.5' })
  assert.deepEqual(metadata.labels, {
    'ipaddress.kubernetes.io/ip-family': 'IPv4',
    'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
  })
  assert.deepEqual(
    metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`),
    ['kube-apiserver Update'],
  )
  assert.equal(metadata.resourceVersion, made.metadata.resourceVersion, 'both were written at once')
  const dual = { ...made.spec, ipFamilyPolicy: 'RequireDualStack', clusterIPs: ['10.96.0.5', 'fd00:0::7'] }
  await client.update(Service, { ...made, spec: dual })
  assert.deepEqual(await addressesSeen(client), ['10.96.0.5 default/s', 'fd00::7 default/s'])
  await client.patch(Service, ref('s'), { type: 'merge', body: { spec: { ipFamilyPolicy: 'SingleStack' } } })
  assert.deepEqual(await addressesSeen(client), ['10.96.0.5 default/s'])
  const outside = { spec: { type: 'ExternalName', externalName: 'a.example' } }
  await client.patch(Service, ref('s'), { type: 'merge', body: outside })
  assert.deepEqual(await addressesSeen(client), [])
  await client.patch(Service, ref('s'), {
    type: 'merge',
    body: { spec: { type: 'ClusterIP', externalName: null, clusterIP: '10.96.0.6' } },
  })
  await client.create(Service, service('t', { clusterIP: '10.96.0.7' }))
  assert.deepEqual(await addressesSeen(client), ['10.96.0.6 default/s', '10.96.0.7 default/t'])
  await client.deleteCollection(Service, { namespace: 'default', fieldSelector: 'metadata.name!=kubernetes' })
  assert.deepEqual(await addressesSeen(client), [])
})

test('what is refused or tried dry leaves no address taken', async () => {
  await using server = await startTestApiServer()
  const { client } = server
  const dry = await client.create(Service, service('s'), { dryRun: true })
  assert.equal(dry.spec?.clusterIP, '10.96.0.0')
  await assert.rejects(client.create(Service, service('s', { clusterIP: '10.96.0.5', sessionAffinity: 'X' })), { code: 422 })
  await assert.rejects(client.create(Service, service('a/b')), /failed to allocate IP: IPAddress.networking.k8s.io .* may not contain '\/'/)
  await client.create(Service, service('kept', { clusterIP: '10.96.0.9' }))
  await assert.rejects(client.create(Service, service('kept', { clusterIP: '10.96.0.5' })), { reason: 'AlreadyExists' })
  assert.deepEqual(await addressesSeen(client), ['10.96.0.9 default/kept'])
})

test('an address that something else has is no service s, and is one s again when it goes', async () => {
  await using server = await startTestApiServer()
  const { client } = server
  const parentRef = { group: 'x.example', resource: 'gateways', name: 'g' }
  await client.create(IPAddress, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: '10.96.0.5' },
    spec: { parentRef },
  })
  await assert.rejects(client.create(Service, service('s', { clusterIP: '10.96.0.5' })), /provided IP is already allocated/)
  await client.delete(IPAddress, { name: '10.96.0.5' })
  await client.create(Service, service('s', { clusterIP: '10.96.0.5' }))
})

test('a further range gives addresses until it is not ready', async () => {
  await using server = await startTestApiServer({ serviceClusterIpRanges: ['10.96.0.0/30'] })
  const { client } = server
  await client.create(Service, service('last'))
  await assert.rejects(client.create(Service, service('s')), /failed to allocate a serviceIP for Service "s": range is full/)
  const range: ServiceCIDR = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'more' },
    spec: { cidrs: ['10.97.0.0/28'] },
    status: {},
  }
  await client.create(ServiceCIDR, range)
  const made = await client.create(Service, service('s'))
  assert.match(made.spec?.clusterIP ?? '', /^10\.97\.0\./)
  const condition = { type: 'Ready', status: 'False', reason: 'Terminating', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }
  await client.patch(ServiceCIDR, { name: 'more' }, { type: 'merge', body: { status: { conditions: [condition] } }, subresource: 'status' })
  await assert.rejects(client.create(Service, service('t')), /range is full/)
  await client.delete(Service, ref('s'))
  assert.deepEqual(
    (await addressesSeen(client)).filter((text) => text.startsWith('10.97')),
    [],
  )
})

test('of 64 creates at once each gets an address and a port of its own, and the range is used to the last', async () => {
  await using server = await startTestApiServer({
    serviceClusterIpRanges: ['10.96.0.0/26'],
    serviceNodePorts: { from: 30_000, to: 30_063 },
  })
  const { client } = server
  const wanted = Array.from({ length: 64 }, (_, number) => service(`s-${number}`, { type: 'NodePort' }))
  const outcomes = await Promise.allSettled(wanted.map((one) => client.create(Service, one)))
  const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  // Of 64 addresses two are nobody's, and the service kubernetes has one.
  assert.equal(made.length, 61)
  assert.equal(new Set(made.map(({ spec }) => spec?.clusterIP)).size, made.length)
  assert.equal(new Set(made.map(({ spec }) => spec?.ports?.[0]?.nodePort)).size, made.length)
  assert.equal((await addressesSeen(client)).length, made.length)
  const faults = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' && outcome.reason instanceof StatusError ? [outcome.reason.code] : [],
  )
  assert.deepEqual(faults, [500, 500, 500])
})

test('addresses may lie in a store of their own', async () => {
  await using store = createMemoryStore({ clock: systemClock })
  await using addresses = createMemoryStore({ clock: systemClock })
  await using server = await startTestApiServer({ storeOverrides: new Map([['networking.k8s.io/ipaddresses', addresses]]) }, { store })
  const { client } = server
  await client.create(Service, service('s', { clusterIP: '10.96.0.5' }))
  await assert.rejects(client.create(Service, service('s', { clusterIP: '10.96.0.6' })), { reason: 'AlreadyExists' })
  assert.deepEqual(await addressesSeen(client), ['10.96.0.5 default/s'])
  assert.equal((await addresses.range({ prefix: '/registry/ipaddresses/' })).entries.length, 2)
  await client.delete(Service, ref('s'))
  assert.deepEqual(await addressesSeen(client), [])
})
