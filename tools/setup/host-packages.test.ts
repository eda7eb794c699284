import assert from 'node:assert/strict'
import { test } from 'node:test'
import { furtherPrograms, missingPrograms } from './host-packages.ts'

test('a program counts where it lies in PATH or in its own directories', () => {
  const missing = missingPrograms(
    '/usr/bin',
    (file) => file === '/usr/bin/runc' || file === '/opt/cni/bin/bridge' || file === '/usr/sbin/nft',
  )
  const names = missing.map(({ name }) => name)
  assert.deepEqual(names, ['containerd', 'ctr', 'conntrack', 'iptables', 'ip', 'mount', 'nsenter'])
})

test('the bridge of iproute2 is not the CNI plugin', () => {
  assert.equal(
    missingPrograms('/usr/sbin', (file) => file === '/usr/sbin/bridge').some(({ name }) => name === 'bridge'),
    true,
  )
})

test('etcd is needed for several control planes only', () => {
  const names = (...args: readonly string[]) => furtherPrograms(args).map(({ name }) => name)
  assert.deepEqual(names(), [])
  assert.deepEqual(names('--control-planes', '1'), [])
  assert.deepEqual(names('--control-planes', '3', '--name', 'x'), ['etcd'])
  assert.deepEqual(names('--control-planes=5'), ['etcd'])
})
