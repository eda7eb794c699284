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
import { Pod } from '#kinds/core/pod/pod.kind'
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
