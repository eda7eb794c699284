import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuseChanges, refuseTakenRange } from './new-settings.ts'

const flags = {
  name: 'navarch',
  'api-port': 6443,
  'kubelet-port': 10250,
  'node-name': '',
  'node-address': '',
  'pod-cidr': '10.244.0.0/16',
  'service-cidr': '10.96.0.0/12',
  'control-planes': 1,
  'control-plane-cidr': '10.89.0.0/24',
  bridge: 'nv0',
  systemd: false,
}
const known = {
  stateVersion: 1,
  name: 'navarch',
  bridge: 'nv0',
  nodeName: 'one',
  nodeAddress: '192.0.2.2',
  apiPort: 7443,
  kubeletPort: 10250,
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  controlPlanes: 1,
  controlPlaneCidr: '10.89.0.0/24',
  supervisor: 'shell',
} as const
const ipv4 = { netmask: '255.255.255.0', family: 'IPv4' as const, mac: '', internal: false, cidr: null }

test('what a cluster was made with stays; only a flag that was given can contradict it', () => {
  refuseChanges(flags, new Set(), known, '/data')
  refuseChanges(flags, new Set(['bridge', 'kubelet-port']), known, '/data')
  assert.throws(
    () => refuseChanges(flags, new Set(['api-port']), known, '/data'),
    /the cluster in \/data was made with --api-port=7443: leave/,
  )
  assert.throws(
    () => refuseChanges({ ...flags, 'control-planes': 3 }, new Set(['control-planes']), known, '/data'),
    /the cluster in \/data was made with --control-planes=1: leave/,
  )
})

test('a range that the machine has an address in is refused, and so is what is no range', () => {
  const interfaces = { eth0: [{ ...ipv4, address: '10.244.3.1' }], wg0: [{ ...ipv4, address: '172.16.0.9' }] }
  refuseTakenRange('pod-cidr', '10.245.0.0/16', interfaces)
  assert.throws(
    () => refuseTakenRange('pod-cidr', '10.244.0.0/16', interfaces),
    /10\.244\.0\.0\/16 is in use: eth0 has the address 10\.244\.3\.1; .*--pod-cidr/,
  )
  for (const text of ['10.244.0.0', '10.244.0.0/33', 'x/8', '10.244.0.0/']) {
    assert.throws(() => refuseTakenRange('service-cidr', text, interfaces), /--service-cidr=.* is not a range/, text)
  }
})
