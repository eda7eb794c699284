import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controlPlaneHosts, hostBridge, refuseBadHosts } from './hosts.ts'

const facts = { name: 'navarch', bridge: 'nv0', controlPlanes: 3, controlPlaneCidr: '10.89.3.0/24', supervisor: 'shell' as const }

test('hosts have the addresses behind the bridge', () => {
  assert.deepEqual(hostBridge(facts), { name: 'nv0cp', address: '10.89.3.1', prefixLength: 24 })
  const { number, name, address, namespace, cable } = controlPlaneHosts(facts)[2] ?? {}
  assert.deepEqual([number, name, address, namespace, cable], [3, 'navarch-cp3', '10.89.3.4', 'navarch-cp3', 'nv0cp3'])
  assert.deepEqual(controlPlaneHosts({ ...facts, controlPlanes: 1 }), [])
})

for (const [why, change, complaint] of [
  ['an even number', { controlPlanes: 2 }, /--control-planes=2: use 1, 3 or 5/],
  ['too many', { controlPlanes: 7 }, /use 1, 3 or 5/],
  ['none', { controlPlanes: 0 }, /use 1, 3 or 5/],
  ['systemd', { supervisor: 'systemd' as const }, /--systemd works with one control plane only/],
  ['a bridge whose cables would have too long names', { bridge: 'a-long-bridge' }, /--bridge=a-long-bridge is too long/],
  ['a range without room', { controlPlaneCidr: '10.89.0.0/30' }, /--control-plane-cidr=10.89.0.0\/30 is no IPv4 range with room/],
  ['no range', { controlPlaneCidr: 'fd00::/64' }, /is no IPv4 range/],
] as const) {
  test(`several control planes are refused: ${why}`, () => assert.throws(() => refuseBadHosts({ ...facts, ...change }), complaint))
}

test('with one control plane nothing of that matters', () => {
  refuseBadHosts({ ...facts, controlPlanes: 1, bridge: 'a-long-bridge', supervisor: 'systemd' })
})
