import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { StorageClass } from '#kinds/storage/storage-class.kind'
import { boundClaimStatus, holdingClaim, holdingVolume, withoutClaim } from './binding.ts'
import { planClaim } from './claim-plan.ts'
import { planVolume } from './volume-plan.ts'

type Annotations = Readonly<Record<string, string>>

const completed: Annotations = { 'pv.kubernetes.io/bind-completed': 'yes' }
const ours: Annotations = { 'pv.kubernetes.io/bound-by-controller': 'yes' }
const right = { namespace: 'a', name: 'c', uid: 'cu' }
const other = { namespace: 'a', name: 'other', uid: 'ou' }

function volumeOf(
  name: string,
  spec: Partial<PersistentVolume['spec']> = {},
  annotations: Annotations = {},
  phase = 'Available',
): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations },
    spec: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
    status: { phase },
  }
}

function claimOf(spec: Partial<PersistentVolumeClaim['spec']> = {}, annotations: Annotations = {}): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace: 'a', uid: 'cu', annotations },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec },
    status: { phase: 'Pending' },
  }
}

function classOf(name: string, facts: Partial<StorageClass> = {}): StorageClass {
  return { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, provisioner: 'x.io/disk', ...facts }
}

const late = classOf('late', { volumeBindingMode: 'WaitForFirstConsumer' })
const std = classOf('std', { metadata: { name: 'std', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } })
const byHand = classOf('by-hand', { provisioner: 'kubernetes.io/no-provisioner' })

for (const [why, claim, volumes, classes, want] of [
  ['a volume that fits', claimOf(), [volumeOf('v')], [], 'bind v'],
  ['none that is held', claimOf(), [volumeOf('v', { claimRef: other })], [], 'wait FailedBinding'],
  [
    'one that is meant for it, whatever its class',
    claimOf(),
    [volumeOf('v'), volumeOf('w', { claimRef: right, storageClassName: 'x' })],
    [],
    'bind w',
  ],
  ['the one that it names', claimOf({ volumeName: 'w' }), [volumeOf('v'), volumeOf('w')], [], 'bind w'],
  ['it names one that is not there', claimOf({ volumeName: 'w' }), [volumeOf('v')], [], 'wait'],
  ['it names one that is held', claimOf({ volumeName: 'v' }), [volumeOf('v', { claimRef: other })], [], 'wait FailedBinding'],
  [
    'it names one that is too small',
    claimOf({ volumeName: 'v' }),
    [volumeOf('v', { capacity: { storage: '1Gi' } })],
    [],
    'wait VolumeMismatch',
  ],
  [
    'nothing until there is a pod',
    claimOf({ storageClassName: 'late' }),
    [volumeOf('v', { storageClassName: 'late' })],
    [late],
    'wait WaitForFirstConsumer',
  ],
  [
    'a new one on the node of the pod',
    claimOf({ storageClassName: 'late' }, { 'volume.kubernetes.io/selected-node': 'n' }),
    [],
    [late],
    'wait ExternalProvisioning by x.io/disk',
  ],
  ['a new one', claimOf({ storageClassName: 'std' }), [], [std], 'wait ExternalProvisioning by x.io/disk'],
  ['nobody makes one', claimOf({ storageClassName: 'by-hand' }), [], [byHand], 'wait ProvisioningFailed'],
  ['no such class', claimOf({ storageClassName: 'gone' }), [], [], 'wait ProvisioningFailed'],
  ['a class, where there is a default one', claimOf(), [], [std], 'wait as std'],
  ['no class, where it wants none', claimOf({ storageClassName: '' }), [], [std], 'wait FailedBinding'],
  ['its own', claimOf({ volumeName: 'v' }, completed), [volumeOf('v', { claimRef: right })], [], 'bind v'],
  ['its own is gone', claimOf({ volumeName: 'v' }, completed), [], [], 'lose ClaimLost'],
  ['its own has another claim', claimOf({ volumeName: 'v' }, completed), [volumeOf('v', { claimRef: other })], [], 'lose ClaimMisbound'],
] as const) {
  test(`a claim gets: ${why}`, () => {
    const plan = planClaim(claim, { volumes, classes })
    const parts = [
      plan.do,
      plan.do === 'bind' ? plan.volume.metadata.name : plan.told?.reason,
      plan.do === 'wait' && plan.provisioner !== undefined ? `by ${plan.provisioner}` : undefined,
      plan.do === 'wait' && plan.storageClassName !== undefined ? `as ${plan.storageClassName}` : undefined,
    ]
    assert.equal(parts.filter((part) => part !== undefined).join(' '), want)
  })
}

const provisioned: Annotations = { 'pv.kubernetes.io/provisioned-by': 'x.io/disk' }
const deleted = { persistentVolumeReclaimPolicy: 'Delete', claimRef: right }

for (const [why, volume, claim, want] of [
  ['free', volumeOf('v', {}, {}, 'Pending'), undefined, 'Available'],
  ['meant for a claim that is not there yet', volumeOf('v', { claimRef: { namespace: 'a', name: 'c' } }), undefined, 'Available'],
  ['held', volumeOf('v', { claimRef: right }), claimOf({ volumeName: 'v' }), 'Bound'],
  ['about to be held', volumeOf('v', { claimRef: right }), claimOf(), 'Available'],
  ['given back and kept', volumeOf('v', { claimRef: right }), undefined, 'Released'],
  ['given back, for its maker to delete', volumeOf('v', deleted, provisioned), undefined, 'Released'],
  ['given back, and nobody deletes it', volumeOf('v', deleted), undefined, 'Failed VolumeFailedDelete'],
  [
    'given back, and nobody scrubs it',
    volumeOf('v', { ...deleted, persistentVolumeReclaimPolicy: 'Recycle' }),
    undefined,
    'Failed VolumeFailedRecycle',
  ],
  ['its claim took another', volumeOf('v', { claimRef: right }, ours), claimOf({ volumeName: 'w' }), 'Available, free'],
  ['made for a claim that took another', volumeOf('v', deleted, provisioned), claimOf({ volumeName: 'w' }), 'Released'],
] as const) {
  test(`a volume is: ${why}`, () => {
    const plan = planVolume(volume, claim)
    const isFreed = plan.volume !== volume && plan.volume.spec.claimRef === undefined
    assert.equal(`${plan.phase}${plan.fault === undefined ? '' : ` ${plan.fault.reason}`}${isFreed ? ', free' : ''}`, want)
  })
}

test('claim and volume are tied once', () => {
  const held = holdingClaim(volumeOf('v'), claimOf())
  assert.deepEqual([held.spec.claimRef?.uid, held.metadata.annotations], ['cu', ours])
  assert.equal(holdingClaim(held, claimOf()), held)
  const holding = holdingVolume(claimOf(), held)
  assert.deepEqual([holding.spec.volumeName, holding.metadata.annotations], ['v', { ...ours, ...completed }])
  assert.equal(holdingVolume(holding, held), holding)
  assert.deepEqual(boundClaimStatus(holding, held), { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } })
})

test('a tie that the user made is not ours to forget', () => {
  const meant = holdingClaim(volumeOf('v', { claimRef: { namespace: 'a', name: 'c' } }), claimOf())
  assert.deepEqual(meant.metadata.annotations, {})
  const { name, namespace, uid } = withoutClaim(meant).spec.claimRef ?? {}
  assert.deepEqual([name, namespace, uid], ['c', 'a', undefined])
  assert.equal(withoutClaim(holdingClaim(volumeOf('v'), claimOf())).spec.claimRef, undefined)
})
