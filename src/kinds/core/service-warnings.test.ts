import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serviceWarnings } from './service-warnings.ts'
import type { ServiceSpec } from './types.gen.ts'

const canonical = (at: string, given: string, better: string) =>
  `${at}: IPv6 address "${given}" should be in RFC 5952 canonical format ("${better}")`

for (const [why, spec, want] of [
  ['a plain one', { clusterIPs: ['10.96.0.5', 'fd00::5'] }, []],
  ['addresses in other words', { clusterIPs: ['fd00:0::5'] }, [canonical('spec.clusterIPs[0]', 'fd00:0::5', 'fd00::5')]],
  [
    'external addresses',
    { externalIPs: ['fd00:0::5'] },
    [
      canonical('spec.externalIPs[0]', 'fd00:0::5', 'fd00::5'),
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    ],
  ],
  [
    'a headless one',
    { clusterIP: 'None', loadBalancerIP: '192.0.2.1', externalIPs: ['192.0.2.2'], sessionAffinity: 'ClientIP' },
    [
      'spec.loadBalancerIP is ignored for headless services',
      'spec.externalIPs is ignored for headless services',
      'spec.SessionAffinity is ignored for headless services',
    ],
  ],
  [
    'a range in other words',
    { type: 'LoadBalancer', loadBalancerSourceRanges: ['fd00:0::/64', '10.0.0.0/8'] },
    ['spec.loadBalancerSourceRanges[0]: IPv6 CIDR value "fd00:0::/64" should be in RFC 5952 canonical format ("fd00::/64")'],
  ],
] as const satisfies readonly (readonly [string, ServiceSpec, readonly string[]])[]) {
  test(`what a client is told of a service: ${why}`, () => {
    assert.deepEqual(serviceWarnings({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec, status: {} }), want)
  })
}
