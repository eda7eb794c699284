import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { slowStart } from '../slow-start.ts'
import { nextAvailableInMs, planReplicas, replicaStatus } from './plan.ts'

const nowMs = Date.UTC(2026, 0, 1, 1)
const wanted = { replicas: 2, minReadySeconds: 0, templateLabels: { app: 'web' }, generation: 1, isBeingDeleted: false }

type Facts = { node?: string; phase?: string; readyAt?: string; isDeleted?: boolean; cost?: string; created?: string }

function pod(name: string, { node, phase = 'Running', readyAt, isDeleted, cost, created = '2026-01-01T00:00:00Z' }: Facts = {}): Pod {
  const ready = readyAt === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: readyAt }]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { app: 'web' },
      creationTimestamp: created,
      ...(isDeleted ? { deletionTimestamp: created } : {}),
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { containers: [], ...(node === undefined ? {} : { nodeName: node }) },
    status: { phase, conditions: ready },
  }
}

const early = '2026-01-01T00:00:10Z'
const late = '2026-01-01T00:59:59Z'

for (const [why, pods, wantCreated, wantDeleted] of [
  ['missing pods are created', [pod('a')], 1, []],
  ['finished and leaving pods do not count', [pod('a'), pod('b', { phase: 'Failed' }), pod('c', { isDeleted: true })], 1, []],
  ['enough is enough', [pod('a'), pod('b')], 0, []],
  ['one without a node goes first', [pod('a', { node: 'n' }), pod('b'), pod('c', { node: 'n' })], 0, ['b']],
  [
    'one that is pending goes before one that runs',
    [pod('a', { node: 'n' }), pod('b', { node: 'n', phase: 'Pending' }), pod('c', { node: 'n' })],
    0,
    ['b'],
  ],
  [
    'one that is not ready goes before one that is',
    [pod('a', { node: 'n', readyAt: early }), pod('b', { node: 'n' }), pod('c', { node: 'n', readyAt: early })],
    0,
    ['b'],
  ],
  ['the cheapest goes', [pod('a', { node: 'n', cost: '5' }), pod('b', { node: 'n', cost: '-1' }), pod('c', { node: 'n' })], 0, ['b']],
  ['one of two on a node goes', [pod('a', { node: 'm' }), pod('b', { node: 'n' }), pod('c', { node: 'n' })], 0, ['b']],
  [
    'the one that became ready last goes',
    [pod('a', { node: 'n', readyAt: early }), pod('b', { node: 'n', readyAt: late }), pod('c', { node: 'n', readyAt: early })],
    0,
    ['b'],
  ],
] as const) {
  test(`replica set: ${why}`, () => {
    const plan = planReplicas(wanted, pods, pods, nowMs)
    assert.deepEqual([plan.createCount, plan.deletes.map(({ metadata }) => metadata.name)], [wantCreated, wantDeleted])
  })
}

test('replica set: one that is being deleted creates nothing', () => {
  assert.equal(planReplicas({ ...wanted, isBeingDeleted: true }, [], [], nowMs).createCount, 0)
})

test('replica set: status counts, and a failure is a condition until it is over', () => {
  const now = { ms: nowMs, text: '2026-01-01T01:00:00Z' }
  const pods = [pod('a', { readyAt: early }), pod('b', { readyAt: late }), pod('c', { isDeleted: true })]
  const status = replicaStatus({ ...wanted, minReadySeconds: 10 }, undefined, pods, { reason: 'FailedCreate', message: 'no' }, now)
  assert.deepEqual(status, {
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 1,
    terminatingReplicas: 1,
    observedGeneration: 1,
    conditions: [{ type: 'ReplicaFailure', status: 'True', lastTransitionTime: now.text, reason: 'FailedCreate', message: 'no' }],
  })
  const again = replicaStatus(wanted, status, pods, { reason: 'FailedCreate', message: 'another no' }, now)
  assert.deepEqual(again.conditions, status.conditions, 'the same reason is told once')
  assert.equal(replicaStatus(wanted, status, pods, undefined, now).conditions, undefined)
  assert.equal(nextAvailableInMs(pods, 10, nowMs), 9000)
})

test('slow start: batches double, and stop at the first failure', async () => {
  let calls = 0
  const refuse = async () => {
    calls++
    throw new Error('no')
  }
  assert.equal((await slowStart(100, refuse)).doneCount, 0)
  assert.equal(calls, 1)
  assert.deepEqual(await slowStart(10, async () => {}), { doneCount: 10 })
})
