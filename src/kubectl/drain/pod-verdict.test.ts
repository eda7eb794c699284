import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grouped, verdictOn } from './pod-verdict.ts'

const owned = (kind: string) => ({ ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'x', uid: 'u', controller: true }] })
const pod = (metadata: object, spec: object = {}, phase = 'Running') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', ...metadata },
  spec,
  status: { phase },
})
const emptyDir = { volumes: [{ name: 'v', emptyDir: {} }] }
const strict = { isForced: false, ignoresDaemonSets: false, deletesLocalData: false }
const missing = { missing: 'daemonsets.apps "x" not found' }

for (const [why, one, daemonSet, rules, want] of [
  ['a pod of a ReplicaSet goes', pod(owned('ReplicaSet')), 'found', strict, { type: 'evict' }],
  [
    'a pod of nobody stays',
    pod({}),
    'found',
    strict,
    { type: 'refuse', reason: 'Pods that declare no controller (use --force to override)' },
  ],
  [
    'unless forced',
    pod({}),
    'found',
    { ...strict, isForced: true },
    { type: 'evict', warning: 'deleting Pods that declare no controller' },
  ],
  ['a finished one goes', pod({}, emptyDir, 'Succeeded'), 'found', strict, { type: 'evict' }],
  [
    'a pod of a DaemonSet stops the drain',
    pod(owned('DaemonSet')),
    'found',
    strict,
    { type: 'refuse', reason: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' },
  ],
  [
    'unless they are ignored',
    pod(owned('DaemonSet')),
    'found',
    { ...strict, ignoresDaemonSets: true },
    { type: 'leave', warning: 'ignoring DaemonSet-managed Pods' },
  ],
  ['its DaemonSet is gone', pod(owned('DaemonSet')), missing, strict, { type: 'refuse', reason: missing.missing }],
  ['gone and forced', pod(owned('DaemonSet')), missing, { ...strict, isForced: true }, { type: 'evict' }],
  [
    'local data',
    pod(owned('ReplicaSet'), emptyDir),
    'found',
    strict,
    { type: 'refuse', reason: 'Pods with local storage (use --delete-emptydir-data to override)' },
  ],
  ['local data that may go', pod(owned('ReplicaSet'), emptyDir), 'found', { ...strict, deletesLocalData: true }, { type: 'evict' }],
  ['a static pod is left alone', pod({ annotations: { 'kubernetes.io/config.mirror': 'x' } }), 'found', strict, { type: 'leave' }],
] as const) {
  test(`drain: ${why}`, () => assert.deepEqual(verdictOn(one, daemonSet, rules), want))
}

test('pods are grouped by what is said of them', () => {
  const [a, b] = [pod({ name: 'a' }), pod({ name: 'b' })]
  assert.deepEqual(
    grouped([
      { text: 'x', pod: a },
      { text: 'y', pod: b },
      { text: 'x', pod: b },
    ]),
    ['x: default/a, default/b', 'y: default/b'],
  )
})
