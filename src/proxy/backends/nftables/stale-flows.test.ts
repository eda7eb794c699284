import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServiceRules } from '../../model/service-rules.ts'
import { type Flow, parseFlows, staleFlows } from './stale-flows.ts'

const listed = `udp      17 27 src=10.244.0.9 dst=10.96.0.10 sport=4242 dport=53 src=10.244.0.5 dst=10.244.0.9 sport=53 dport=4242 mark=0 use=1
udp      17 5 src=10.244.0.9 dst=10.96.0.10 sport=4243 dport=53 [UNREPLIED] src=10.96.0.10 dst=10.244.0.9 sport=53 dport=4243 mark=0 use=1
icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=1 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=1
conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.
`

test('parseFlows reads where a client called and who answers', () => {
  assert.deepEqual(parseFlows(listed), [
    { address: '10.96.0.10', port: 53, answeredBy: '10.244.0.5' },
    { address: '10.96.0.10', port: 53, answeredBy: '10.96.0.10' },
  ])
})

const dns: ServiceRules = {
  id: 'kube-system/dns/udp/dns',
  family: 'IPv4',
  protocol: 'udp',
  frontends: [
    { type: 'cluster-ip', address: '10.96.0.10', port: 53 },
    { type: 'node-port', port: 30053 },
  ],
  affinitySeconds: undefined,
  endpoints: { cluster: [{ address: '10.244.0.5', port: 53, isLocal: true }], local: [] },
  internal: 'cluster',
  external: 'cluster',
}

for (const [why, flow, isStale] of [
  ['its endpoint is there', { address: '10.96.0.10', port: 53, answeredBy: '10.244.0.5' }, false],
  ['its endpoint is gone', { address: '10.96.0.10', port: 53, answeredBy: '10.244.0.6' }, true],
  ['from a time without endpoints', { address: '10.96.0.10', port: 53, answeredBy: '10.96.0.10' }, true],
  ['to a node port whose endpoint is gone', { address: '192.0.2.10', port: 30053, answeredBy: '10.244.0.6' }, true],
  ["another program's port with a node port's number", { address: '192.0.2.99', port: 30053, answeredBy: '192.0.2.99' }, false],
  ['not to a service', { address: '192.0.2.99', port: 123, answeredBy: '192.0.2.99' }, false],
] as const satisfies readonly (readonly [string, Flow, boolean])[]) {
  test(`staleFlows, a flow ${why}: ${isStale ? 'ended' : 'kept'}`, () => assert.deepEqual(staleFlows([flow], [dns]), isStale ? [flow] : []))
}
