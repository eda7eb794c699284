import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node } from '#kinds/core/node.kind'
import { hasSameTaints, observeHeartbeat, silentConditions, wantedTaints } from './plan.ts'

const now = '2026-01-01T00:00:00Z'

function node(status: string, spec: Node['spec'] = {}): Node {
  const conditions = [
    { type: 'Ready', status, reason: 'Test', lastHeartbeatTime: '2025-12-31T00:00:00Z', lastTransitionTime: '2025-12-31T00:00:00Z' },
  ]
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec, status: { conditions } }
}

for (const [why, status, spec, want] of [
  ['a ready node has none', 'True', {}, []],
  ['one that is not ready repels and evicts', 'False', {}, ['not-ready:NoSchedule', 'not-ready:NoExecute']],
  ['one that is silent is unreachable', 'Unknown', {}, ['unreachable:NoSchedule', 'unreachable:NoExecute']],
  ['a cordoned one takes no new pods', 'True', { unschedulable: true }, ['unschedulable:NoSchedule']],
  ['taints of others stay', 'True', { taints: [{ key: 'mine', effect: 'NoSchedule' }] }, ['mine:NoSchedule']],
  ['those that no longer hold go', 'True', { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] }, []],
] as const) {
  test(`node taints: ${why}`, () => {
    const taints = wantedTaints(node(status, spec), now).map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`)
    assert.deepEqual(taints, want)
  })
}

test('node taints: one that stays keeps the time since when it holds', () => {
  const since = '2025-01-01T00:00:00Z'
  const taints = wantedTaints(
    node('False', { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', timeAdded: since }] }),
    now,
  )
  assert.deepEqual(
    taints.map(({ timeAdded }) => timeAdded),
    [now, since],
  )
  assert.ok(hasSameTaints(taints, [...taints].reverse()))
})

test('node heartbeat: only a new sign of life moves it', () => {
  const first = observeHeartbeat(node('True'), 'a', undefined, 1)
  assert.equal(observeHeartbeat(node('True'), 'a', first, 5), first)
  assert.equal(observeHeartbeat(node('True'), 'b', first, 5).seenMs, 5)
})

test('node silence: every condition becomes Unknown, once', () => {
  const silent = silentConditions(node('True'), now) ?? []
  assert.deepEqual(
    silent.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
    [
      'Ready Unknown NodeStatusUnknown',
      'MemoryPressure Unknown NodeStatusNeverUpdated',
      'DiskPressure Unknown NodeStatusNeverUpdated',
      'PIDPressure Unknown NodeStatusNeverUpdated',
    ],
  )
  assert.equal(silentConditions({ ...node('True'), status: { conditions: silent } }, now), undefined)
})
