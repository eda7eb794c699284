import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PersistentVolume, PersistentVolumeClaim } from '#kinds/core/types.gen'
import { matchingVolume, mismatchOf } from './volume-match.ts'

function volumeOf(name: string, storage: string, spec: Partial<PersistentVolume['spec']> = {}, phase = 'Available'): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, labels: { name } },
    spec: { capacity: { storage }, accessModes: ['ReadWriteOnce', 'ReadOnlyMany'], ...spec },
    status: { phase },
  }
}

function claimOf(spec: Partial<PersistentVolumeClaim['spec']> = {}): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace: 'a', uid: 'u' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec },
    status: {},
  }
}

for (const [why, claim, volumes, want] of [
  ['the smallest', claimOf(), [volumeOf('l', '9Gi'), volumeOf('m', '3Gi')], 'm'],
  ['large enough', claimOf(), [volumeOf('s', '1Gi')], undefined],
  ['not held', claimOf(), [volumeOf('m', '2Gi', { claimRef: { namespace: 'a', name: 'other' } })], undefined],
  ['not given back', claimOf(), [volumeOf('m', '2Gi', {}, 'Released')], undefined],
  ['meant for it', claimOf(), [volumeOf('m', '2Gi'), volumeOf('l', '9Gi', { claimRef: { namespace: 'a', name: 'c' } })], 'l'],
  [
    'not meant for one that had its name',
    claimOf(),
    [volumeOf('l', '9Gi', { claimRef: { namespace: 'a', name: 'c', uid: 'former' } })],
    undefined,
  ],
  ['of its class', claimOf({ storageClassName: 'x' }), [volumeOf('m', '2Gi'), volumeOf('l', '9Gi', { storageClassName: 'x' })], 'l'],
  ['of its mode', claimOf({ volumeMode: 'Block' }), [volumeOf('m', '2Gi')], undefined],
  ['with all ways of access', claimOf({ accessModes: ['ReadWriteMany'] }), [volumeOf('m', '2Gi')], undefined],
  ['of its labels', claimOf({ selector: { matchLabels: { name: 'l' } } }), [volumeOf('m', '2Gi'), volumeOf('l', '9Gi')], 'l'],
] as const) {
  test(`a volume for a claim is ${why}`, () => {
    assert.equal(matchingVolume(claim, volumes, () => true)?.metadata.name, want)
  })
}

test('a volume that cannot be reached is none', () => {
  assert.equal(
    matchingVolume(claimOf(), [volumeOf('m', '2Gi')], () => false),
    undefined,
  )
})

for (const [spec, want] of [
  [{}, undefined],
  [{ resources: { requests: { storage: '3Gi' } } }, 'requested PV is too small'],
  [{ storageClassName: 'x' }, 'storageClassName does not match'],
  [{ volumeMode: 'Block' }, 'incompatible volumeMode'],
  [{ accessModes: ['ReadWriteMany'] }, 'incompatible accessMode'],
] as const) {
  test(`a volume that a claim names: ${want ?? 'nothing against it'}`, () =>
    assert.equal(mismatchOf(volumeOf('m', '2Gi'), claimOf(spec)), want))
}
