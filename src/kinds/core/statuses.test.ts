/** What the status of nodes, quotas, namespaces and volumes has to keep, in upstream's words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Namespace } from './namespace.kind.ts'
import { Node } from './node.kind.ts'
import { PersistentVolume } from './persistent-volume.kind.ts'
import { ResourceQuota } from './resource-quota.kind.ts'

const facts = { nowMs: 0, subresource: 'status' }
const metadata = { name: 'a' }

test('amounts of a node are not negative, and its addresses differ', () => {
  const old: Node = { apiVersion: 'v1', kind: 'Node', metadata, spec: {}, status: {} }
  const address = { type: 'InternalIP', address: '192.0.2.5' }
  const next = { ...old, status: { capacity: { cpu: '-1' }, addresses: [address, address] } }
  assert.deepEqual(
    [...(Node.status?.validate?.(next, old, facts) ?? [])].map(({ path, message }) => `${path}: ${message}`),
    [
      'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
      'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"192.0.2.5"}',
    ],
  )
})

test('what a quota says is used are resources', () => {
  const old: ResourceQuota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: {}, status: {} }
  const next = { ...old, status: { used: { pods: '-1', zzz: '1' } } }
  assert.deepEqual(
    [...(ResourceQuota.status?.validate?.(next, old, facts) ?? [])].map(({ path }) => path),
    ['status.used[pods]', 'status.used[zzz]', 'status.used[zzz]'],
  )
})

test('a namespace without a phase is active', () => {
  assert.equal(Namespace.defaults?.({ apiVersion: 'v1', kind: 'Namespace', metadata, spec: {}, status: {} })?.status.phase, 'Active')
})

for (const [why, next, old, want] of [
  ['a phase that stays keeps its time', { phase: 'Bound' }, { phase: 'Bound', lastPhaseTransitionTime: 'then' }, 'then'],
  [
    'a new phase begins now',
    { phase: 'Bound', lastPhaseTransitionTime: 'then' },
    { phase: 'Available', lastPhaseTransitionTime: 'then' },
    '1970-01-01T00:00:00Z',
  ],
  [
    'a time that is told is taken',
    { phase: 'Bound', lastPhaseTransitionTime: 'told' },
    { phase: 'Available', lastPhaseTransitionTime: 'then' },
    'told',
  ],
] as const) {
  test(`of a volume: ${why}`, () => {
    const volume = (status: PersistentVolume['status']): PersistentVolume => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata,
      spec: {},
      status,
    })
    assert.equal(PersistentVolume.status?.prepare?.(volume(next), volume(old), facts).status.lastPhaseTransitionTime, want)
  })
}
