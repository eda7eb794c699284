/** The scheduler against a real API server in the same process. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { seededRandom } from '#base/env/random'
import { Client } from '#client/client'
import { Informers } from '#client/informers'
import { Event } from '#kinds/core/event.kind'
import { Namespace } from '#kinds/core/namespace.kind'
import { Node } from '#kinds/core/node.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { PriorityClass } from '#kinds/scheduling/priority-class.kind'
import { StorageClass } from '#kinds/storage/storage-class.kind'
import { startTestApiServer } from '#testing/api-server'
import { createScheduler } from './create-scheduler.ts'

/** A cluster without nodes but with a scheduler; all ends with the test. */
async function withScheduler(run: (client: Client) => Promise<void>): Promise<void> {
  await using api = await startTestApiServer()
  const user = { name: 'system:kube-scheduler', uid: '', groups: ['system:authenticated'], extra: {} }
  const env = { clock: systemClock, random: seededRandom(1), log: silentLog }
  const client = new Client(api.server.loopback(user))
  await using informers = new Informers({ ...env, client })
  const stop = new AbortController()
  const running = createScheduler({ ...env, client, informers }).run(stop.signal)
  try {
    await api.client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' }, spec: {}, status: {} })
    await run(api.client)
  } finally {
    stop.abort()
    await running
  }
}

/** A node that its controller has found to be ready: new ones carry a taint that says otherwise. */
async function addNode(client: Client, name: string, cpu: string): Promise<void> {
  const allocatable = { cpu, memory: '4Gi', pods: '110' }
  const status = { capacity: allocatable, allocatable }
  const node = await client.create(Node, { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {}, status })
  await client.update(Node, { ...node, spec: { ...node.spec, taints: [] } })
}

function podOf(name: string, cpu: string, spec: Partial<Pod['spec']> = {}): Pod {
  const container = { name: 'main', image: 'nginx', resources: { requests: { cpu } } }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec: { containers: [container], ...spec }, status: {} }
}

/** Follows one pod until it is as wanted. */
async function podWhere(client: Client, name: string, isWanted: (pod: Pod) => boolean): Promise<Pod> {
  const stop = AbortSignal.timeout(10_000)
  for await (const { object } of await client.watch(Pod, { namespace: 'shop', fieldSelector: `metadata.name=${name}` }, stop)) {
    if (isWanted(object as Pod)) return object as Pod
  }
  throw new Error(`pod ${name} did not get there`)
}

function scheduledCondition(pod: Pod) {
  return pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
}

test('a pod gets the node that has room, and an event says so', () =>
  withScheduler(async (client) => {
    await addNode(client, 'small', '100m')
    await addNode(client, 'large', '2')
    await client.create(Pod, podOf('web', '500m'))
    const pod = await podWhere(client, 'web', ({ spec }) => Boolean(spec?.nodeName))
    assert.equal(pod.spec?.nodeName, 'large')
    assert.equal(scheduledCondition(pod)?.status, 'True')
    for await (const { object } of await client.watch(Event, { namespace: 'shop' }, AbortSignal.timeout(10_000))) {
      const { reason, message, source } = object as Event
      assert.deepEqual(
        { reason, message, source },
        {
          reason: 'Scheduled',
          message: 'Successfully assigned shop/web to large',
          source: { component: 'default-scheduler' },
        },
      )
      break
    }
  }))

test('without nodes the pod says so, and is scheduled once there is one', () =>
  withScheduler(async (client) => {
    await client.create(Pod, podOf('web', '500m'))
    const waiting = await podWhere(client, 'web', (pod) => scheduledCondition(pod) !== undefined)
    const { reason, message, status } = scheduledCondition(waiting) ?? {}
    assert.deepEqual(
      { reason, message, status },
      { reason: 'Unschedulable', message: 'no nodes available to schedule pods', status: 'False' },
    )
    await addNode(client, 'late', '2')
    const pod = await podWhere(client, 'web', ({ spec }) => Boolean(spec?.nodeName))
    assert.equal(pod.spec?.nodeName, 'late')
  }))

test("another scheduler's pods are left alone", () =>
  withScheduler(async (client) => {
    await addNode(client, 'one', '2')
    await client.create(Pod, podOf('theirs', '1', { schedulerName: 'another' }))
    await client.create(Pod, podOf('ours', '1'))
    await podWhere(client, 'ours', ({ spec }) => Boolean(spec?.nodeName))
    const theirs = await client.get(Pod, { namespace: 'shop', name: 'theirs' })
    assert.equal(theirs.spec?.nodeName, undefined)
    assert.equal(scheduledCondition(theirs), undefined)
  }))

test('a pod that fits nowhere says what each node lacks, and that nobody can be pushed aside', () =>
  withScheduler(async (client) => {
    await addNode(client, 'small', '100m')
    await client.create(Pod, podOf('first', '50m'))
    await podWhere(client, 'first', ({ spec }) => Boolean(spec?.nodeName))
    await client.create(Pod, podOf('web', '80m'))
    const pod = await podWhere(client, 'web', (one) => scheduledCondition(one) !== undefined)
    assert.equal(
      scheduledCondition(pod)?.message,
      '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    )
    await client.delete(Pod, { namespace: 'shop', name: 'first' }, { gracePeriodSeconds: 0 })
    await podWhere(client, 'web', ({ spec }) => spec?.nodeName === 'small')
  }))

test('an important pod takes the place of one that is less so', () =>
  withScheduler(async (client) => {
    const important = { metadata: { name: 'important' }, value: 1000, preemptionPolicy: 'PreemptLowerPriority' }
    await client.create(PriorityClass, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', ...important })
    await addNode(client, 'only', '1')
    await client.create(Pod, podOf('victim', '1'))
    await podWhere(client, 'victim', ({ spec }) => Boolean(spec?.nodeName))
    await client.create(Pod, podOf('web', '1', { priorityClassName: 'important' }))
    const leaving = await podWhere(client, 'victim', ({ metadata }) => metadata.deletionTimestamp !== undefined)
    const { reason, message } = leaving.status?.conditions?.find(({ type }) => type === 'DisruptionTarget') ?? {}
    assert.deepEqual(
      { reason, message },
      { reason: 'PreemptionByScheduler', message: 'default-scheduler: preempting to accommodate a higher priority pod' },
    )
    await podWhere(client, 'web', ({ status }) => status?.nominatedNodeName === 'only')
    // What the kubelet does once the containers have stopped.
    await client.delete(Pod, { namespace: 'shop', name: 'victim' }, { gracePeriodSeconds: 0 })
    await podWhere(client, 'web', ({ spec }) => spec?.nodeName === 'only')
  }))

test('a gated pod waits until its gates are gone', () =>
  withScheduler(async (client) => {
    await addNode(client, 'one', '2')
    const gated = await client.create(Pod, podOf('gated', '1', { schedulingGates: [{ name: 'example.com/wait' }] }))
    assert.equal(scheduledCondition(gated)?.reason, 'SchedulingGated')
    await client.create(Pod, podOf('other', '1'))
    await podWhere(client, 'other', ({ spec }) => Boolean(spec?.nodeName))
    const { spec, ...rest } = await client.get(Pod, { namespace: 'shop', name: 'gated' })
    assert.equal(spec.nodeName, undefined)
    await client.update(Pod, { ...rest, spec: { ...spec, schedulingGates: [] } })
    await podWhere(client, 'gated', (one) => one.spec?.nodeName === 'one')
  }))

test('a claim that waits for its first pod is told the node, and the pod follows when the claim is bound', () =>
  withScheduler(async (client) => {
    await addNode(client, 'one', '2')
    const provisioner = 'example.com/disks'
    const storage = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'later' }, provisioner } as const
    await client.create(StorageClass, { ...storage, volumeBindingMode: 'WaitForFirstConsumer' })
    const claim = await client.create(PersistentVolumeClaim, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'later', resources: { requests: { storage: '1Gi' } } },
      status: {},
    })
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    await client.create(Pod, podOf('web', '1', { volumes }))
    const from = { namespace: 'shop', resourceVersion: claim.metadata.resourceVersion ?? '' }
    for await (const { object } of await client.watch(PersistentVolumeClaim, from, AbortSignal.timeout(10_000))) {
      if ((object as PersistentVolumeClaim).metadata.annotations?.['volume.kubernetes.io/selected-node'] === 'one') break
    }
    // What the provisioner and the volume controller do together.
    const metadata = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }
    const body = { metadata, spec: { volumeName: 'disk' } }
    await client.patch(PersistentVolumeClaim, { namespace: 'shop', name: 'data' }, { type: 'merge', body })
    await podWhere(client, 'web', ({ spec }) => spec?.nodeName === 'one')
  }))
