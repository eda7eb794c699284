import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cniConfigOf } from './cni-config.ts'

test('cniConfigOf: one range per address family, host ports, a bridge that is the gateway', () => {
  const text = cniConfigOf({ bridge: 'nv0', podCidrs: ['10.244.0.0/24', 'fd00::/64'], addressDir: '/a', mtu: 1400 })
  const [bridge, portmap] = JSON.parse(text).plugins
  assert.deepEqual(bridge.ipam.ranges, [[{ subnet: '10.244.0.0/24' }], [{ subnet: 'fd00::/64' }]])
  assert.equal(bridge.isDefaultGateway, true)
  assert.equal(bridge.mtu, 1400)
  assert.deepEqual(portmap.capabilities, { portMappings: true })
})
