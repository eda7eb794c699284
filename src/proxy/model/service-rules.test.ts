import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '#kinds/core/types.gen'
import type { EndpointSlice } from '#kinds/discovery/types.gen'
import { rulesOfService, type ServiceRules } from './service-rules.ts'

const node = { name: 'n1', zone: 'z1' }

function service(spec: object = {}, more: { readonly labels?: object; readonly status?: object } = {}): Service {
  const defaults = { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default', labels: more.labels },
    spec: { ...defaults, ...spec },
    status: more.status ?? {},
  } as unknown as Service
}

type EndpointFacts = { readonly at: string; readonly on?: string; readonly conditions?: object; readonly hints?: object }

function slice(endpoints: readonly EndpointFacts[], changes: object = {}): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'default' },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: endpoints.map(({ at, on, conditions = {}, hints }) => ({ addresses: [at], nodeName: on, conditions, hints })),
    ...changes,
  } as unknown as EndpointSlice
}

function only(spec: object, slices: readonly EndpointSlice[]): ServiceRules {
  const [rules, ...others] = rulesOfService(service(spec), slices, node)
  assert.ok(rules !== undefined && others.length === 0)
  return rules
}

const addresses = (endpoints: ServiceRules['endpoints']['cluster']) => endpoints.map(({ address }) => address).join(' ')

for (const [why, spec, labels] of [
  ['headless', { clusterIP: 'None', clusterIPs: ['None'] }, {}],
  ['ExternalName', { type: 'ExternalName', clusterIP: '', clusterIPs: [] }, {}],
  ['not allocated yet', { clusterIP: undefined, clusterIPs: undefined }, {}],
  ["for another proxy's eyes", {}, { 'service.kubernetes.io/service-proxy-name': 'other' }],
] as const) {
  test(`rulesOfService ignores what is ${why}`, () => assert.deepEqual(rulesOfService(service(spec, { labels }), [], node), []))
}

const draining = { ready: false, serving: true, terminating: true }
for (const [why, inSlice, wantCluster, wantLocal] of [
  ['unknown conditions mean ready', [{ at: '10.0.0.1' }], '10.0.0.1', ''],
  ['what is not ready gets nothing', [{ at: '10.0.0.1', conditions: { ready: false } }, { at: '10.0.0.2' }], '10.0.0.2', ''],
  ['ready ones come before those that end', [{ at: '10.0.0.1', conditions: draining }, { at: '10.0.0.2' }], '10.0.0.2', ''],
  ['only ending ones: they still serve', [{ at: '10.0.0.1', conditions: draining }], '10.0.0.1', ''],
  ['ending and no longer serving', [{ at: '10.0.0.1', conditions: { ready: false, serving: false, terminating: true } }], '', ''],
  ['unready but published: the slice says ready', [{ at: '10.0.0.1', conditions: { ready: true, serving: false } }], '10.0.0.1', ''],
  [
    'local ones are told apart',
    [
      { at: '10.0.0.1', on: 'n1' },
      { at: '10.0.0.2', on: 'n2' },
    ],
    '10.0.0.1 10.0.0.2',
    '10.0.0.1',
  ],
  [
    'an ending local one beside a ready one elsewhere',
    [
      { at: '10.0.0.1', on: 'n1', conditions: draining },
      { at: '10.0.0.2', on: 'n2' },
    ],
    '10.0.0.2',
    '10.0.0.1',
  ],
  [
    'zone hints for us',
    [
      { at: '10.0.0.1', hints: { forZones: [{ name: 'z1' }] } },
      { at: '10.0.0.2', hints: { forZones: [{ name: 'z2' }] } },
    ],
    '10.0.0.1',
    '',
  ],
  [
    'one without a hint: hints are off',
    [{ at: '10.0.0.1', hints: { forZones: [{ name: 'z1' }] } }, { at: '10.0.0.2' }],
    '10.0.0.1 10.0.0.2',
    '',
  ],
  ['no hint for us: hints are off', [{ at: '10.0.0.1', hints: { forZones: [{ name: 'z9' }] } }], '10.0.0.1', ''],
  [
    'node hints come before zone hints',
    [
      { at: '10.0.0.1', hints: { forZones: [{ name: 'z1' }], forNodes: [{ name: 'n2' }] } },
      { at: '10.0.0.2', hints: { forZones: [{ name: 'z1' }], forNodes: [{ name: 'n1' }] } },
    ],
    '10.0.0.2',
    '',
  ],
  ['the same endpoint twice is one', [{ at: '10.0.0.1' }, { at: '10.0.0.1' }], '10.0.0.1', ''],
] as const satisfies readonly (readonly [string, readonly EndpointFacts[], string, string])[]) {
  test(`endpoints: ${why}`, () => {
    const { endpoints } = only({}, [slice(inSlice)])
    assert.deepEqual([addresses(endpoints.cluster), addresses(endpoints.local)], [wantCluster, wantLocal])
  })
}

test('endpoints: those of all slices, of the port with the right name, protocol and family', () => {
  const rules = only({}, [
    slice([{ at: '10.0.0.2' }]),
    slice([{ at: '10.0.0.1' }], { ports: [{ name: 'http', port: 9090, protocol: 'TCP' }] }),
    slice([{ at: '10.0.0.3' }], { ports: [{ name: 'metrics', port: 8080, protocol: 'TCP' }] }),
    slice([{ at: '10.0.0.4' }], { ports: [{ name: 'http', port: 8080, protocol: 'UDP' }] }),
    slice([{ at: 'fd00::1' }], { addressType: 'IPv6' }),
    slice([{ at: '10.0.0.5' }], { ports: [{ name: 'http', protocol: 'TCP' }] }),
  ])
  assert.deepEqual(
    rules.endpoints.cluster.map(({ address, port }) => `${address}:${port}`),
    ['10.0.0.1:9090', '10.0.0.2:8080'],
  )
})

const [here, there] = [
  { at: '10.0.0.1', on: 'n1' },
  { at: '10.0.0.2', on: 'n2' },
]
for (const [why, spec, endpoints, want] of [
  ['no endpoints', {}, [], ['refuse', 'refuse']],
  ['no endpoints under Local', { internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Local' }, [], ['refuse', 'refuse']],
  ['policy Cluster', {}, [there], ['cluster', 'cluster']],
  ['external Local with one here', { externalTrafficPolicy: 'Local' }, [here, there], ['cluster', 'local']],
  ['external Local with none here', { externalTrafficPolicy: 'Local' }, [there], ['cluster', 'drop']],
  ['internal Local with one here', { internalTrafficPolicy: 'Local' }, [here, there], ['local', 'cluster']],
  ['internal Local with none here', { internalTrafficPolicy: 'Local' }, [there], ['drop', 'cluster']],
] as const) {
  test(`verdicts: ${why}`, () => {
    const { internal, external } = only(spec, [slice(endpoints)])
    assert.deepEqual([internal, external], want)
  })
}

test('frontends: cluster IP, external IPs, load balancer addresses in mode VIP, node port', () => {
  const spec = {
    type: 'LoadBalancer',
    externalIPs: ['203.0.113.1', 'fd00::9'],
    ports: [{ name: 'http', port: 80, nodePort: 30080 }],
    loadBalancerSourceRanges: [' 192.0.2.0/24', 'fd00::/8'],
  }
  const status = {
    loadBalancer: { ingress: [{ ip: '198.51.100.1' }, { ip: '198.51.100.2', ipMode: 'Proxy' }, { hostname: 'lb.example' }] },
  }
  const [rules] = rulesOfService(service(spec, { status }), [], node)
  assert.deepEqual(rules?.frontends, [
    { type: 'cluster-ip', address: '10.96.0.1', port: 80 },
    { type: 'external-ip', address: '203.0.113.1', port: 80 },
    { type: 'load-balancer', address: '198.51.100.1', port: 80, sourceRanges: ['192.0.2.0/24'] },
    { type: 'node-port', port: 30080 },
  ])
})

test('dual stack: rules for each family, each with its own endpoints', () => {
  const rules = rulesOfService(
    service({ clusterIPs: ['10.96.0.1', 'fd96::1'] }),
    [slice([{ at: '10.0.0.1' }]), slice([{ at: 'fd00::1' }], { addressType: 'IPv6' })],
    node,
  )
  assert.deepEqual(
    rules.map(({ family, endpoints }) => [family, addresses(endpoints.cluster)]),
    [
      ['IPv4', '10.0.0.1'],
      ['IPv6', 'fd00::1'],
    ],
  )
})

for (const [why, spec, want] of [
  ['off', {}, undefined],
  ['its own timeout', { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }, 60],
  ['three hours where none is named', { sessionAffinity: 'ClientIP' }, 10_800],
] as const) {
  test(`affinity: ${why}`, () => assert.equal(only(spec, []).affinitySeconds, want))
}
