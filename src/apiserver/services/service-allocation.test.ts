import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#base/env/random'
import type { Service } from '#kinds/core/service.kind'
import { ObjectState } from '#testing/object-state'
import { addressAt, isUsableIn, parseIpRange } from './ip-range.ts'
import { ServiceAllocation } from './service-allocation.ts'

type Spec = NonNullable<Service['spec']>
const write = { isDryRun: false }

function service(spec: Spec, name = 's'): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'a' }, spec, status: {} }
}

function allocation(state = new ObjectState(), clusterIpRanges: readonly string[] = ['10.96.0.0/12']): ServiceAllocation {
  return new ServiceAllocation(state, { clusterIpRanges, nodePorts: { from: 30000, to: 32767 }, random: seededRandom(7) })
}

for (const [why, spec, want] of [
  ['a plain one', { type: 'ClusterIP', ports: [{ port: 80 }] }, { hasIp: true, families: ['IPv4'], policy: 'SingleStack', nodePorts: 0 }],
  [
    'a node port',
    { type: 'NodePort', ports: [{ port: 80 }, { port: 81 }] },
    { hasIp: true, families: ['IPv4'], policy: 'SingleStack', nodePorts: 2 },
  ],
  [
    'a headless one',
    { clusterIP: 'None', selector: { a: 'b' } },
    { hasIp: false, families: ['IPv4'], policy: 'SingleStack', nodePorts: 0 },
  ],
  [
    'a headless one without selector',
    { clusterIP: 'None' },
    { hasIp: false, families: ['IPv4', 'IPv6'], policy: 'RequireDualStack', nodePorts: 0 },
  ],
  [
    'an external name',
    { type: 'ExternalName', externalName: 'x.example' },
    { hasIp: false, families: undefined, policy: undefined, nodePorts: 0 },
  ],
  [
    'one that prefers two families',
    { ipFamilyPolicy: 'PreferDualStack' },
    { hasIp: true, families: ['IPv4'], policy: 'PreferDualStack', nodePorts: 0 },
  ],
  [
    'a load balancer without node ports',
    { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] },
    { hasIp: true, families: ['IPv4'], policy: 'SingleStack', nodePorts: 0 },
  ],
] as const) {
  test(`a service gets what it needs: ${why}`, () => {
    using claimed = allocation().beforeCreate(service(spec), write)
    const { clusterIP, clusterIPs = [], ipFamilies, ipFamilyPolicy, ports = [] } = claimed.object.spec ?? {}
    assert.equal(clusterIP?.startsWith('10.') ?? false, want.hasIp)
    assert.equal(clusterIPs[0], clusterIP)
    assert.deepEqual([ipFamilies, ipFamilyPolicy], [want.families, want.policy])
    assert.equal(ports.filter(({ nodePort = 0 }) => nodePort >= 30000 && nodePort <= 32767).length, want.nodePorts)
  })
}

for (const [why, spec, message] of [
  [
    'an address outside of the range',
    { clusterIP: '192.168.1.1' },
    'Service "s" is invalid: spec.clusterIPs: Invalid value: ["192.168.1.1"]: failed to allocate IP 192.168.1.1: the provided network does not match the current range',
  ],
  [
    'an address that is taken',
    { clusterIP: '10.96.0.10' },
    'Service "s" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
  ],
  [
    'a port that is taken',
    { type: 'NodePort', ports: [{ port: 1, nodePort: 31000 }] },
    'Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 31000: provided port is already allocated',
  ],
  [
    'a port outside of the range',
    { type: 'NodePort', ports: [{ port: 1, nodePort: 80 }] },
    'Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  ],
  [
    'a family that the cluster lacks',
    { ipFamilies: ['IPv6'] },
    'Service "s" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  ],
  [
    'two families on a cluster of one',
    { ipFamilyPolicy: 'RequireDualStack' },
    'Service "s" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  ],
] as const) {
  test(`a service is refused that asks for ${why}`, () => {
    const taken = service(
      { type: 'NodePort', clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ports: [{ port: 1, nodePort: 31000 }] },
      'other',
    )
    assert.throws(() => allocation(new ObjectState([taken])).beforeCreate(service(spec), write), { code: 422, message })
  })
}

test('what a write claims is nobody else s until it is over, and free again if nothing came of it', () => {
  const services = allocation()
  const wanted = service({ clusterIP: '10.96.0.10' })
  const first = services.beforeCreate(wanted, write)
  assert.throws(() => services.beforeCreate(wanted, write), /already allocated/)
  first[Symbol.dispose]()
  services.beforeCreate(wanted, { isDryRun: true })[Symbol.dispose]()
  services.beforeCreate(wanted, write)[Symbol.dispose]()
})

test('a deleted service gives back what it had', () => {
  const state = new ObjectState()
  const services = allocation(state)
  const held = service({ clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] })
  state.put(held)
  assert.throws(() => services.beforeCreate(held, write), /already allocated/)
  state.remove(held)
  services.beforeCreate(held, write)[Symbol.dispose]()
})

test('an update keeps address and ports that the client did not send', () => {
  const old = service({ type: 'NodePort', clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ports: [{ port: 80, nodePort: 31000 }] })
  using claimed = allocation(new ObjectState([old])).beforeUpdate(
    service({ type: 'NodePort', ports: [{ port: 80 }, { name: 'b', port: 81 }] }),
    old,
    write,
  )
  assert.equal(claimed.object.spec?.clusterIP, '10.96.0.10')
  const [first, second] = claimed.object.spec?.ports ?? []
  assert.equal(first?.nodePort, 31000)
  assert.notEqual(second?.nodePort, 31000)
})

test('on a cluster of two families a service may have both', () => {
  const dual = allocation(new ObjectState(), ['10.96.0.0/16', 'fd00::/112'])
  using claimed = dual.beforeCreate(service({ ipFamilyPolicy: 'RequireDualStack' }), write)
  const { clusterIPs = [], ipFamilies } = claimed.object.spec ?? {}
  assert.deepEqual(ipFamilies, ['IPv4', 'IPv6'])
  assert.match(clusterIPs.join(' '), /^10\.96\.\d+\.\d+ fd00::[0-9a-f]+$/)
})

for (const [cidr, canonical, offset, address] of [
  ['10.96.0.5/12', '10.96.0.0/12', 1, '10.96.0.1'],
  ['fd00::/112', 'fd00::/112', 65535, 'fd00::ffff'],
  ['2001:db8:0:1:0:0:0:0/64', '2001:db8:0:1::/64', 16, '2001:db8:0:1::10'],
  ['::ffff:1.2.3.0/120', '::ffff:102:300/120', 4, '::ffff:102:304'],
] as const) {
  test(`${cidr} is ${canonical}, and number ${offset} of it is ${address}`, () => {
    const range = parseIpRange(cidr)
    assert.equal(range.cidr, canonical)
    assert.equal(addressAt(range, BigInt(offset)), address)
    assert.ok(isUsableIn(range, address))
  })
}
