import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ControllerRevision } from '#kinds/apps/controller-revision.kind'
import type { StatefulSet } from '#kinds/apps/stateful-set.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { planStatefulSet, type StatefulView } from './plan.ts'
import { statefulSetStatus } from './status.ts'

const nowMs = Date.parse('2026-01-01T00:01:00Z')
const longAgo = '2026-01-01T00:00:00Z'

function setOf(spec: Partial<StatefulSet['spec']> = {}, deletionTimestamp?: string): StatefulSet {
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }
  const template = { spec: { containers: [] } }
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'w', namespace: 'a', generation: 1, deletionTimestamp },
    spec: { replicas: 3, serviceName: 'w', selector: {}, template, updateStrategy, ...spec },
    status: { replicas: 0 },
  }
}

function revision(name: string): ControllerRevision {
  const data = { spec: { template: { spec: { containers: [] } } } }
  return { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name }, data, revision: 1 }
}

/** `0`: ready; `0!`: not ready; `0x`: failed; `0-`: on its way out. A `'` behind it: of the new revision. */
function podOf(text: string): readonly [number, Pod] {
  const [, ordinal = '', state, isNew] = /^(\d+)([!x-]?)('?)$/.exec(text) ?? []
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `w-${ordinal}`,
      labels: { 'controller-revision-hash': isNew ? 'new' : 'old' },
      ...(state === '-' ? { deletionTimestamp: longAgo } : {}),
    },
    spec: { containers: [] },
    status: {
      phase: state === 'x' ? 'Failed' : 'Running',
      conditions: [{ type: 'Ready', status: state === '' || state === '-' ? 'True' : 'False', lastTransitionTime: longAgo }],
    },
  }
  return [Number(ordinal), pod]
}

function viewOf(set: StatefulSet, pods: string, update = 'old', leavingClaims: readonly number[] = []): StatefulView {
  const all = pods.split(' ').filter((text) => text !== '')
  return { set, pods: new Map(all.map(podOf)), current: revision('old'), update: revision(update), leavingClaims: new Set(leavingClaims) }
}

function summary(view: StatefulView): string {
  const { creations, deletions } = planStatefulSet(view, nowMs)
  const made = creations.map(({ ordinal, revision: { metadata } }) => `+${ordinal}${metadata.name === 'new' ? "'" : ''}`)
  return [...made, ...deletions.map(({ metadata }) => `-${metadata.name?.slice(2)}`)].join(' ')
}

const parallel = { podManagementPolicy: 'Parallel' }
const onDelete = { updateStrategy: { type: 'OnDelete' } }
const partition = (count: number) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: count } } })

for (const [why, set, pods, want] of [
  ['the first', setOf(), '', '+0'],
  ['the next, when the first is ready', setOf(), '0', '+1'],
  ['not before', setOf(), '0!', ''],
  ['not while the one before it goes', setOf(), '0-', ''],
  ['a gap is filled first', setOf(), '0 2', '+1'],
  ['all are there', setOf(), '0 1 2', ''],
  ['a pod that failed makes room', setOf(), '0 1x 2', '-1'],
  ['from another number on', setOf({ ordinals: { start: 5 }, replicas: 2 }), '5', '+6'],
  ['the last goes first', setOf({ replicas: 1 }), '0 1 2', '-2'],
  ['one at a time', setOf({ replicas: 1 }), '0 1 2-', ''],
  ['a sick one does not stand in its own way', setOf({ replicas: 1 }), '0 1 2!', '-2'],
  ['but in that of those before it', setOf({ replicas: 1 }), '0 1! 2', '-2'],
  ['none goes while one that stays is sick', setOf({ replicas: 1 }), '0! 1', ''],
  ['those before the start go', setOf({ ordinals: { start: 1 }, replicas: 1 }), '0 1', '-0'],
  ['too young to be available', setOf({ minReadySeconds: 61 }), '0', ''],
  ['all at once', setOf(parallel), '1!', '+0 +2'],
  ['all at once, both ways', setOf({ ...parallel, replicas: 1 }), '0! 1 2!', '-2 -1'],
  ['a set that goes does nothing', setOf({}, longAgo), '', ''],
] as const) {
  test(`stateful set: ${why}`, () => assert.equal(summary(viewOf(set, pods)), want))
}

for (const [why, set, pods, want] of [
  ['the last is the first', setOf(), '0 1 2', '-2'],
  ['it comes back new', setOf(), '0 1', "+2'"],
  ['the others wait until it is ready', setOf(), "0 1 2!'", ''],
  ['then the one before it', setOf(), "0 1 2'", '-1'],
  ['until all are new', setOf(), "0' 1' 2'", ''],
  ['not below the partition', setOf(partition(2)), "0 1 2'", ''],
  ['below the partition pods come back old', setOf(partition(2)), "0 2'", '+1'],
  ['above it new', setOf(partition(1)), '0', "+1'"],
  ['on delete only', setOf(onDelete), '0 1 2', ''],
  ['on delete they come back new', setOf(onDelete), '0 1', "+2'"],
  ['side by side, still one by one', setOf(parallel), '0 1 2', '-2'],
] as const) {
  test(`rolling update of a stateful set: ${why}`, () => assert.equal(summary(viewOf(set, pods, 'new')), want))
}

test('stateful set: a pod is not made for a claim that goes', () => {
  assert.equal(summary(viewOf(setOf(), '', 'old', [0])), '')
  assert.equal(summary(viewOf(setOf(parallel), '', 'old', [0])), '+1 +2')
})

test('stateful set status: an update that is over makes its revision the current one', () => {
  const midway = statefulSetStatus(viewOf(setOf(), "0 1 2'", 'new'), undefined, nowMs)
  assert.deepEqual(
    [midway.currentRevision, midway.updateRevision, midway.currentReplicas, midway.updatedReplicas, midway.readyReplicas],
    ['old', 'new', 2, 1, 3],
  )
  const over = statefulSetStatus(viewOf(setOf(), "0' 1' 2'", 'new'), undefined, nowMs)
  assert.deepEqual([over.currentRevision, over.currentReplicas, over.updatedReplicas, over.availableReplicas], ['new', 3, 3, 3])
})
