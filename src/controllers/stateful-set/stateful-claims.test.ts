import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatefulSet } from '#kinds/apps/stateful-set.kind'
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { OwnerReference } from '#meta/types.gen'
import { claimsFor, withRetention } from './stateful-claims.ts'
import { ordinalOf, repaired } from './stateful-pod.ts'

const template: PersistentVolumeClaim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', labels: { tier: 'db' } },
  spec: {},
  status: {},
}

function setOf(whenDeleted: string, whenScaled: string): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'w', namespace: 'a' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'w' } },
      template: { spec: { containers: [] } },
      volumeClaimTemplates: [template],
      persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
    },
    status: { replicas: 0 },
  }
}

const set: OwnerReference = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'w', uid: 'su', controller: true }
const pod: OwnerReference = { apiVersion: 'v1', kind: 'Pod', name: 'w-1', uid: 'pu', controller: true }
const stranger: OwnerReference = { apiVersion: 'v1', kind: 'Thing', name: 't', uid: 'tu' }
const master: OwnerReference = { ...stranger, uid: 'mu', controller: true }
const formerPod: OwnerReference = { ...pod, uid: 'former' }

for (const [why, policy, ordinal, before, want] of [
  ['kept for ever', ['Retain', 'Retain'], 1, [], []],
  ['goes with the set', ['Delete', 'Retain'], 0, [], ['su']],
  ['goes with the set, though the pod goes before', ['Delete', 'Retain'], 1, [], ['su']],
  ['goes with the pod that is too many', ['Retain', 'Delete'], 1, [], ['pu']],
  ['not with one that stays', ['Retain', 'Delete'], 0, [], []],
  ['with the pod rather than the set', ['Delete', 'Delete'], 1, ['su'], ['pu']],
  ['back to the set', ['Delete', 'Delete'], 0, ['pu'], ['su']],
  ['others stay', ['Delete', 'Retain'], 0, ['tu'], ['tu', 'su']],
  ['somebody else controls it', ['Delete', 'Retain'], 0, ['mu', 'su'], ['mu']],
  ['not with a pod that had the name before', ['Retain', 'Delete'], 1, ['former'], ['pu']],
] as const) {
  test(`retention of a claim: ${why}`, () => {
    const known = new Map([set, pod, stranger, master, formerPod].map((owner) => [owner.uid, owner]))
    const ownerReferences = before.map((uid) => known.get(uid) ?? set)
    const claim = { ...template, metadata: { name: 'data-w-1', ownerReferences } }
    const next = withRetention(setOf(policy[0], policy[1]), ordinal, { set, pod }, claim)
    assert.deepEqual(
      next.metadata.ownerReferences?.map(({ uid }) => uid),
      want,
    )
    assert.equal(next === claim, before.join() === want.join())
  })
}

test('claims of a pod are named after template, set and ordinal, and found by the selector', () => {
  const [claim] = claimsFor(setOf('Retain', 'Retain'), 4)
  assert.deepEqual(claim?.metadata, { name: 'data-w-4', namespace: 'a', labels: { tier: 'db', app: 'w' }, annotations: undefined })
})

for (const [name, want] of [
  ['w-0', 0],
  ['w-12', 12],
  ['w-', undefined],
  ['w-x', undefined],
  ['x-1', undefined],
  ['w-1-2', undefined],
] as const) {
  test(`the ordinal of ${name} is ${want}`, () => {
    const some = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [] }, status: {} } as const
    assert.equal(ordinalOf(setOf('Retain', 'Retain'), some), want)
  })
}

test('a pod is mended once', () => {
  const bare = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w-0' }, spec: { containers: [] }, status: {} } as const
  const mended = repaired(setOf('Retain', 'Retain'), 0, bare)
  assert.deepEqual(mended.metadata.labels, { 'statefulset.kubernetes.io/pod-name': 'w-0', 'apps.kubernetes.io/pod-index': '0' })
  assert.deepEqual(mended.spec.volumes, [{ name: 'data', persistentVolumeClaim: { claimName: 'data-w-0' } }])
  assert.equal(repaired(setOf('Retain', 'Retain'), 0, mended), mended)
})
