import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PersistentVolume, PersistentVolumeClaim } from '#kinds/core/types.gen'
import type { StorageClass } from '#kinds/storage/types.gen'
import { testNode, testPod } from '#testing/scheduling-objects'
import { Cluster } from '../framework/cluster.ts'
import { diagnosisMessage } from '../framework/diagnosis.ts'
import { prepareFilters } from '../framework/prepare-filters.ts'
import { type VolumePlan, volumeBinding } from './volume-binding.ts'

const zone = 'topology.kubernetes.io/zone'
const inZone = (value: string) => ({ nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: [value] }] }] })

function claimOf(
  spec: PersistentVolumeClaim['spec'],
  metadata: PersistentVolumeClaim['metadata'] = {},
  phase = 'Pending',
): PersistentVolumeClaim {
  const asked = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
  const meta = { name: 'data', namespace: 'shop', ...metadata }
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta, spec: { ...asked, ...spec }, status: { phase } }
}

const bound = claimOf({ volumeName: 'disk' }, { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, 'Bound')
const delayed = claimOf({ storageClassName: 'later' })

function volumeOf(name: string, storage: string, zoneName: string, spec: PersistentVolume['spec'] = {}): PersistentVolume {
  const all = {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'later',
    nodeAffinity: { required: inZone(zoneName) },
    ...spec,
  }
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: all, status: { phase: 'Available' } }
}

function classOf(provisioner: string): StorageClass {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'later' },
    provisioner,
    volumeBindingMode: 'WaitForFirstConsumer',
  }
}

type Storage = { readonly claim?: PersistentVolumeClaim; readonly volumes?: readonly PersistentVolume[]; readonly provisioner?: string }

function setUp({ claim, volumes = [], provisioner = 'kubernetes.io/no-provisioner' }: Storage) {
  const plans: VolumePlan[] = []
  const sources = {
    claim: (namespace: string, name: string) => (`${namespace}/${name}` === 'shop/data' ? claim : undefined),
    volume: (name: string) => volumes.find(({ metadata }) => metadata.name === name),
    volumes: () => volumes,
    storageClass: (name: string) => (name === 'later' ? classOf(provisioner) : undefined),
  }
  const cluster = new Cluster(() => ({}))
  for (const name of ['1', '2']) cluster.putNode(testNode(name, { labels: { [zone]: name } }))
  return { plugin: volumeBinding(sources, async (plan) => void plans.push(plan)), cluster, plans }
}

const pod = testPod('web', { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] } })

function outcome(storage: Storage, one = pod): string {
  const { plugin, cluster } = setUp(storage)
  const prepared = prepareFilters([plugin], one, cluster)
  const nodeCount = 2
  if ('rejection' in prepared) {
    const { rejection: podRejection } = prepared
    return diagnosisMessage({ nodeCount, rejections: new Map(), others: podRejection, podRejection, rejectedBy: new Set() })
  }
  const verdicts = prepared.candidates.map((slot) => [slot, prepared.filter(slot)] as const)
  const passing = verdicts.flatMap(([slot, { outcome: verdict }]) => (verdict === 'pass' ? [cluster.nodes.at(slot).name] : []))
  if (passing.length > 0) return passing.join()
  const rejections = new Map(verdicts.flatMap(([slot, verdict]) => (verdict.outcome === 'pass' ? [] : [[slot, verdict] as const])))
  return diagnosisMessage({ nodeCount, rejections, others: undefined, podRejection: undefined, rejectedBy: new Set() })
}

for (const [why, storage, want] of [
  ['the claim is not there', {}, '0/2 nodes are available: persistentvolumeclaim "data" not found.'],
  [
    'the claim is going away',
    { claim: claimOf({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
    '0/2 nodes are available: persistentvolumeclaim "data" is being deleted.',
  ],
  [
    'the claim is still without volume',
    { claim: claimOf({}) },
    '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
  ],
  [
    'the volume has been lost',
    { claim: claimOf({ volumeName: 'disk' }, {}, 'Lost') },
    '0/2 nodes are available: persistentvolumeclaim "data" bound to non-existent persistentvolume "disk".',
  ],
  [
    'the volume is not there',
    { claim: bound },
    '0/2 nodes are available: 2 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s).',
  ],
  ['the volume is in one zone', { claim: bound, volumes: [volumeOf('disk', '1Gi', '2')] }, '2'],
  [
    'the volume is nowhere near',
    { claim: bound, volumes: [volumeOf('disk', '1Gi', '3')] },
    "0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.",
  ],
  ['no volume to be had', { claim: delayed }, "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind."],
  ['a volume to be had in one zone', { claim: delayed, volumes: [volumeOf('disk', '1Gi', '1')] }, '1'],
  [
    'a volume that is too small',
    { claim: delayed, volumes: [volumeOf('disk', '1Mi', '1')] },
    "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.",
  ],
  ['a volume can be made anywhere', { claim: delayed, provisioner: 'example.com/disks' }, '1,2'],
] as const) {
  test(`VolumeBinding: ${why}`, () => assert.equal(outcome(storage), want))
}

test('VolumeBinding: an ephemeral volume waits for its claim', () => {
  const ephemeral = testPod('web', { spec: { volumes: [{ name: 'cache', ephemeral: {} }] } })
  assert.equal(
    outcome({}, ephemeral),
    '0/2 nodes are available: waiting for ephemeral volume controller to create the persistentvolumeclaim "web-cache".',
  )
})

test('VolumeBinding: the smallest volume that will do is held for the pod until it is bound', async () => {
  const volumes = [volumeOf('large', '9Gi', '1'), volumeOf('small', '2Gi', '1')]
  const { plugin, cluster, plans } = setUp({ claim: delayed, volumes })
  const other = testPod('other', { spec: pod.pod.spec })
  assert.equal(plugin.reserve(pod, 0, cluster).outcome, 'pass')
  assert.equal(plugin.reserve(other, 0, cluster).outcome, 'pass')
  assert.equal(plugin.reserve(testPod('third', { spec: pod.pod.spec }), 0, cluster).outcome, 'unresolvable')
  await plugin.preBind(pod, AbortSignal.abort())
  await plugin.preBind(other, AbortSignal.abort())
  assert.deepEqual(
    plans.map(({ nodeName, matches }) => [nodeName, ...matches.map(({ volume }) => volume.metadata.name)]),
    [
      ['1', 'small'],
      ['1', 'large'],
    ],
  )
  plugin.release(pod)
  assert.equal(plugin.reserve(testPod('third', { spec: pod.pod.spec }), 0, cluster).outcome, 'pass')
})
