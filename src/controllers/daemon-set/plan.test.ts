import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DaemonSet } from '#kinds/apps/daemon-set.kind'
import type { Node } from '#kinds/core/node.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { PodSpec } from '#kinds/core/types.gen'
import { daemonPod, nodeNameOf } from './daemon-pod.ts'
import { FailureBackoff } from './failure-backoff.ts'
import { observeDaemonSet } from './observe.ts'
import { placementOn } from './placement.ts'
import { planPlacement } from './plan.ts'
import { planRollingUpdate } from './rolling-update.ts'
import { daemonSetStatus } from './status.ts'

const nowMs = Date.parse('2026-01-01T00:01:00Z')
const longAgo = '2026-01-01T00:00:00Z'

function setOf(spec: Partial<PodSpec> = {}, updateStrategy: DaemonSet['spec']['updateStrategy'] = { type: 'RollingUpdate' }): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'd', namespace: 'a', generation: 1 },
    spec: { selector: {}, template: { spec: { containers: [], ...spec } }, updateStrategy },
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  }
}

function nodeOf(name: string, spec: Node['spec'] = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { name } }, spec, status: {} }
}

/** `n1`: ready on node n1. `!` not ready, `x` failed, `-` on its way out, `?` without a node yet; a `'` behind it: of the new revision. */
function podOf(text: string, place: number): Pod {
  const [, nodeName = '', state, isNew] = /^(n\d)([!x?-]?)('?)$/.exec(text) ?? []
  const made = daemonPod(setOf(), nodeName, isNew ? 'new' : 'old', { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u' })
  return {
    ...made,
    metadata: {
      ...made.metadata,
      name: `${text}#${place}`,
      creationTimestamp: `2026-01-01T00:00:0${place}Z`,
      ...(state === '-' ? { deletionTimestamp: longAgo } : {}),
    },
    spec: { ...made.spec, ...(state === '?' ? {} : { nodeName }) },
    status: {
      phase: state === 'x' ? 'Failed' : 'Running',
      conditions: [{ type: 'Ready', status: state === '' ? 'True' : 'False', lastTransitionTime: longAgo }],
    },
  }
}

function viewOf(daemonSet: DaemonSet, nodes: readonly Node[], pods: string, hash = 'old') {
  const all = pods.split(' ').filter((text) => text !== '')
  return observeDaemonSet(daemonSet, hash, { nodes, pods: all.map(podOf) }, nowMs)
}

function summary({ creations, deletions }: { readonly creations: readonly string[]; readonly deletions: readonly Pod[] }): string {
  return [...creations.map((name) => `+${name}`), ...deletions.map(({ metadata }) => `-${metadata.name}`)].join(' ')
}

const two = [nodeOf('n1'), nodeOf('n2')]
const three = [...two, nodeOf('n3')]
const barred = (effect: string) => nodeOf('n2', { taints: [{ key: 'k', effect }] })
const surge = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }

for (const [why, spec, nodes, pods, want] of [
  ['one on each node', {}, two, '', '+n1 +n2'],
  ['enough', {}, two, 'n1 n2!', ''],
  ['one that waits for its node counts', {}, two, 'n1? n2', ''],
  ['none beside one that still goes', {}, two, 'n1- n2', ''],
  ['the younger of two goes', {}, two, 'n1 n2 n1', '-n1#2'],
  ['the one without a node first', {}, two, 'n1? n2 n1', '-n1?#0'],
  ['only where it is wanted', { nodeSelector: { name: 'n2' } }, two, 'n1', '+n2 -n1#0'],
  ['one of a node that is gone', {}, two, 'n1 n2 n9?', '-n9?#2'],
  ['not onto a tainted node', {}, [nodeOf('n1'), barred('NoSchedule')], 'n1', ''],
  ['it stays when the taint comes later', {}, [nodeOf('n1'), barred('NoSchedule')], 'n1 n2', ''],
  ['unless it is driven out', {}, [nodeOf('n1'), barred('NoExecute')], 'n1 n2', '-n2#1'],
] as const) {
  test(`daemon set: ${why}`, () => assert.equal(summary(planPlacement(viewOf(setOf(spec), nodes, pods))), want))
}

test('daemon set: a pod that failed is replaced, one that goes already is not deleted again', () => {
  const { ended, deletions, creations } = planPlacement(viewOf(setOf(), two, 'n1x n2-'))
  assert.deepEqual([ended.map(({ metadata }) => metadata.name), deletions, creations], [['n1x#0'], [], []])
})

for (const [why, strategy, pods, want] of [
  ['one at a time', { type: 'RollingUpdate' }, 'n1 n2 n3', '-n1#0'],
  ['two at a time', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } }, 'n1 n2 n3', '-n1#0 -n2#1'],
  ['a share, rounded up', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '34%' } }, 'n1 n2 n3', '-n1#0 -n2#1'],
  ['the next when the first is ready', { type: 'RollingUpdate' }, "n1' n2 n3", '-n2#1'],
  ['not before', { type: 'RollingUpdate' }, "n1!' n2 n3", ''],
  ['a missing one counts', { type: 'RollingUpdate' }, 'n2 n3', ''],
  ['old ones that do not work cost nothing', { type: 'RollingUpdate' }, 'n1! n2! n3', '-n1!#0 -n2!#1'],
  ['all are new', { type: 'RollingUpdate' }, "n1' n2' n3'", ''],
  ['on delete only', { type: 'OnDelete' }, 'n1 n2 n3', ''],
  ['a new one beside the old', surge, 'n1 n2 n3', '+n1'],
  ['the old one goes when the new is ready', surge, "n1 n1' n2 n3", '+n2 -n1#0'],
  ['not before', surge, "n1 n1!' n2 n3", ''],
  ['at once beside one that does not work', surge, "n1 n1!' n2! n3", '+n2'],
] as const) {
  test(`rolling update of a daemon set: ${why}`, () => {
    assert.equal(summary(planRollingUpdate(viewOf(setOf({}, strategy), three, pods, 'new'))), want)
  })
}

for (const [why, pods, want] of [
  ['both stay while the new one starts', "n1 n1!'", ''],
  ['the old goes when the new is available', "n1 n1'", '-n1#0'],
  ['the old goes when it does not work', "n1! n1!'", '-n1!#0'],
  ['more than one of a sort', "n1 n1 n1!'", '-n1#1'],
] as const) {
  test(`daemon set that surges: ${why}`, () => {
    assert.equal(summary(planPlacement(viewOf(setOf({}, surge), [nodeOf('n1')], pods, 'new'))), want)
  })
}

test('daemon set status', () => {
  const status = daemonSetStatus(viewOf(setOf({ nodeSelector: { name: 'n2' } }), two, "n1 n2'", 'new'), undefined)
  assert.deepEqual(status, {
    currentNumberScheduled: 1,
    numberMisscheduled: 1,
    desiredNumberScheduled: 1,
    numberReady: 1,
    observedGeneration: 1,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
  })
})

const onlyN1 = {
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }],
  },
}

for (const [why, spec, node, want] of [
  ['any node', {}, nodeOf('n1'), [true, true]],
  ['another node', { nodeName: 'n2' }, nodeOf('n1'), [false, false]],
  ['by the name of the node', { affinity: { nodeAffinity: onlyN1 } }, nodeOf('n1'), [true, true]],
  ['not by its name', { affinity: { nodeAffinity: onlyN1 } }, nodeOf('n2'), [false, false]],
  [
    'one that is cordoned',
    {},
    nodeOf('n1', { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }),
    [true, true],
  ],
  [
    'one that is not reachable',
    {},
    nodeOf('n1', { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] }),
    [true, true],
  ],
  [
    'one without a network',
    {},
    nodeOf('n1', { taints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }] }),
    [false, true],
  ],
  [
    'one without a network, with that of the host',
    { hostNetwork: true },
    nodeOf('n1', { taints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }] }),
    [true, true],
  ],
] as const) {
  test(`where daemons go: ${why}`, () => {
    const { isWanted, mayStay } = placementOn(setOf(spec))(node)
    assert.deepEqual([isWanted, mayStay], want)
  })
}

test('a daemon is bound to its node whatever the template asks for', () => {
  const reference = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u' }
  const pod = daemonPod(setOf({ affinity: { nodeAffinity: onlyN1 } }), 'n7', 'h', reference)
  assert.equal(nodeNameOf(pod), 'n7')
  assert.deepEqual([pod.metadata.generateName, pod.metadata.labels?.['controller-revision-hash']], ['d-', 'h'])
})

test('daemons that fail again and again are replaced less and less often', () => {
  const backoff = new FailureBackoff()
  const waits = [0, 10, 1000, 1500, 3000, 5000].map((ms) => backoff.attempt('a/d n1', ms))
  assert.deepEqual(waits, [0, 990, 0, 1500, 0, 2000])
  assert.equal(backoff.attempt('a/d n2', 10), 0)
  backoff.forget('a/d ')
  assert.equal(backoff.attempt('a/d n1', 3001), 0)
})
