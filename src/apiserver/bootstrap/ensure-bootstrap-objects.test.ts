import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { Namespace } from '#kinds/core/namespace.kind'
import { Service } from '#kinds/core/service.kind'
import { FlowSchema } from '#kinds/flowcontrol/flow-schema.kind'
import { PriorityLevelConfiguration } from '#kinds/flowcontrol/priority-level-configuration.kind'
import { ServiceCIDR } from '#kinds/networking/service-cidr.kind'
import { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import { createMemoryStore } from '#store/memory/memory-store'
import { startTestApiServer } from '#testing/api-server'
import { ensureBootstrapObjects, repairBootstrapObjects } from './ensure-bootstrap-objects.ts'
import { systemNamespaces } from './system-objects.ts'

const options = {
  clock: systemClock,
  kubernetesService: { serviceIp: '10.96.0.1', securePort: 6443 },
  serviceCidrs: ['10.96.0.0/12'],
  hasPolicy: true,
}

const tracking = { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' }

test('a new cluster has its objects, a second start writes nothing, and what was broken is mended', async () => {
  const store = createMemoryStore({ clock: systemClock })
  await using server = await startTestApiServer({}, { store })
  const { client } = server
  await server.server.ready
  await ensureBootstrapObjects(client, options)

  const names = (await client.list(Namespace)).items.map(({ metadata }) => metadata.name)
  assert.deepEqual(names.toSorted(), systemNamespaces.toSorted())
  const ref = { namespace: 'default', name: 'kubernetes' }
  const service = await client.get(Service, ref)
  assert.deepEqual([service.spec?.clusterIP, service.spec?.ports?.[0]?.targetPort], ['10.96.0.1', 6443])
  assert.match((await client.get(ConfigMap, tracking)).data?.['since'] ?? '', /^\d{4}-\d\d-\d\d$/)

  const { revision } = await store.status()
  await ensureBootstrapObjects(client, options)
  assert.equal((await store.status()).revision, revision)

  const view = await client.get(ClusterRole, { name: 'system:discovery' })
  await client.update(ClusterRole, { ...view, rules: [] })
  await ensureBootstrapObjects(client, options)
  assert.deepEqual((await client.get(ClusterRole, { name: 'system:discovery' })).rules, view.rules)
})

test('a cluster that has got a second family has a range of it, another range stays as it is', async () => {
  const store = createMemoryStore({ clock: systemClock })
  for (const [flags, want] of [
    [['10.96.0.0/16'], ['10.96.0.0/16']],
    [
      ['10.96.0.0/16', 'fd00::/112'],
      ['10.96.0.0/16', 'fd00::/112'],
    ],
    [['10.97.0.0/16'], ['10.96.0.0/16', 'fd00::/112']],
  ] as const) {
    await using server = await startTestApiServer({ serviceClusterIpRanges: flags }, { store })
    assert.deepEqual((await server.client.get(ServiceCIDR, { name: 'kubernetes' })).spec?.cidrs, want)
  }
})

test('what is deleted or changed in a running cluster is repaired, and the bundle of authorities is told once there is one', async () => {
  await using server = await startTestApiServer({}, {})
  const { client } = server
  await server.server.ready
  await ensureBootstrapObjects(client, options)
  const level = { name: 'workload-low' }
  const found = await client.get(PriorityLevelConfiguration, level)
  await client.delete(ConfigMap, tracking)
  await client.delete(FlowSchema, { name: 'probes' })
  await client.update(PriorityLevelConfiguration, {
    ...found,
    spec: { ...found.spec, limited: { ...found.spec.limited, lendablePercent: 1 } },
  })
  await repairBootstrapObjects(client, options)
  assert.ok((await client.get(ConfigMap, tracking)).data?.['since'])
  assert.ok(await client.get(FlowSchema, { name: 'probes' }))
  assert.deepEqual((await client.get(PriorityLevelConfiguration, level)).spec, found.spec)

  const authentication = { namespace: 'kube-system', name: 'extension-apiserver-authentication' }
  await repairBootstrapObjects(client, { ...options, clientCaPem: 'PEM' })
  assert.equal((await client.get(ConfigMap, authentication)).data?.['client-ca-file'], 'PEM')
})
