/** The controllers of storage against an API server in memory: what users see, from the outside. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Client } from '#client/client'
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { StorageClass } from '#kinds/storage/storage-class.kind'
import { ignoreNotFound } from '#meta/status'
import { startTestControlPlane, type TestControlPlane } from '#testing/test-control-plane'

const namespace = 'default'

function volumeOf(name: string, storage: string, spec: Partial<PersistentVolume['spec']> = {}): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' }, storageClassName: 'manual', ...spec },
    status: {},
  }
}

function claimOf(name: string, storage: string, spec: Partial<PersistentVolumeClaim['spec']> = {}): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, storageClassName: 'manual', ...spec },
    status: {},
  }
}

describe('storage', () => {
  let plane: TestControlPlane
  let client: Client

  before(async () => {
    plane = await startTestControlPlane()
    client = plane.client
  })
  after(() => plane[Symbol.asyncDispose]())

  const volumePhase = (name: string, phase: string) =>
    plane.eventually(`volume ${name} ${phase}`, async () => {
      const volume = await client.get(PersistentVolume, { name })
      return volume.status.phase === phase && volume
    })
  const claimPhase = (name: string, phase: string) =>
    plane.eventually(`claim ${name} ${phase}`, async () => {
      const claim = await client.get(PersistentVolumeClaim, { namespace, name })
      return claim.status.phase === phase && claim
    })
  const isGone = (name: string) => async () => (await ignoreNotFound(client.get(PersistentVolumeClaim, { namespace, name }))) === undefined

  test('a claim gets the smallest volume that will do, and gives it back', async () => {
    for (const [name, size] of [
      ['large', '9Gi'],
      ['fit', '2Gi'],
      ['small', '1Gi'],
    ] as const) {
      await client.create(PersistentVolume, volumeOf(name, size))
      await volumePhase(name, 'Available')
    }
    await client.create(PersistentVolumeClaim, claimOf('mine', '2Gi'))
    const claim = await claimPhase('mine', 'Bound')
    assert.deepEqual(
      [claim.spec.volumeName, claim.status.capacity, claim.status.accessModes],
      ['fit', { storage: '2Gi' }, ['ReadWriteOnce']],
    )
    assert.deepEqual(claim.metadata.annotations, {
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    })
    const volume = await volumePhase('fit', 'Bound')
    assert.equal(volume.spec.claimRef?.uid, claim.metadata.uid)

    // A volume that is held outlives its deletion until it is given back.
    await client.delete(PersistentVolume, { name: 'fit' })
    assert.notEqual((await client.get(PersistentVolume, { name: 'fit' })).metadata.deletionTimestamp, undefined)
    await client.delete(PersistentVolumeClaim, { namespace, name: 'mine' })
    await plane.eventually('claim and volume gone', async () => {
      const left = await ignoreNotFound(client.get(PersistentVolume, { name: 'fit' }))
      return left === undefined && (await isGone('mine')())
    })
  })

  test('a claim that waits gets the volume that comes', async () => {
    await client.create(PersistentVolumeClaim, claimOf('early', '20Gi'))
    await claimPhase('early', 'Pending')
    await client.create(PersistentVolume, volumeOf('late', '20Gi'))
    await claimPhase('early', 'Bound')
    await client.delete(PersistentVolumeClaim, { namespace, name: 'early' })
    await volumePhase('late', 'Released')
  })

  test('a volume that is meant for a claim is had by no other', async () => {
    await client.create(PersistentVolume, volumeOf('meant', '30Gi', { claimRef: { namespace, name: 'right' } }))
    await client.create(PersistentVolumeClaim, claimOf('wrong', '30Gi'))
    await client.create(PersistentVolumeClaim, claimOf('right', '30Gi'))
    assert.equal((await claimPhase('right', 'Bound')).spec.volumeName, 'meant')
    assert.equal((await client.get(PersistentVolumeClaim, { namespace, name: 'wrong' })).status.phase, 'Pending')
  })

  test('a claim stays as long as a pod on a node uses it', async () => {
    await client.create(PersistentVolumeClaim, claimOf('used', '1Mi'))
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'used' } }]
    const spec = { nodeName: 'n', volumes, containers: [{ name: 'c', image: 'i' }] }
    await client.create(Pod, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'user', namespace }, spec, status: {} })
    await claimPhase('used', 'Bound')
    await client.delete(PersistentVolumeClaim, { namespace, name: 'used' })
    await plane.eventually('the pod runs', async () => (await client.get(Pod, { namespace, name: 'user' })).status?.phase === 'Running')
    assert.equal(await isGone('used')(), false)
    await client.delete(Pod, { namespace, name: 'user' }, { gracePeriodSeconds: 0 })
    await plane.eventually('the claim gone', isGone('used'))
  })

  test('a claim without a class gets the default one when there is one, and its provisioner is told', async () => {
    await client.create(PersistentVolumeClaim, claimOf('classless', '1Mi', { storageClassName: undefined }))
    await claimPhase('classless', 'Pending')
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
    const storageClass = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'std', annotations },
      provisioner: 'x.io/disk',
    } as const
    await client.create(StorageClass, storageClass)
    const claim = await plane.eventually('a class', async () => {
      const current = await client.get(PersistentVolumeClaim, { namespace, name: 'classless' })
      return current.metadata.annotations?.['volume.kubernetes.io/storage-provisioner'] === 'x.io/disk' && current
    })
    assert.equal(claim.spec.storageClassName, 'std')
  })

  test('nothing that the controllers tried was refused', () => assert.deepEqual(plane.complaints, []))
})
