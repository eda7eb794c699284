/** The controllers of workloads against an API server in memory, with nodes that only pretend: what users see, from the outside. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Client } from '#client/client'
import { ControllerRevision } from '#kinds/apps/controller-revision.kind'
import { DaemonSet } from '#kinds/apps/daemon-set.kind'
import { StatefulSet } from '#kinds/apps/stateful-set.kind'
import { CronJob } from '#kinds/batch/cron-job.kind'
import { Job } from '#kinds/batch/job.kind'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { Event } from '#kinds/core/event.kind'
import { Node } from '#kinds/core/node.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ResourceQuota } from '#kinds/core/resource-quota.kind'
import { startTestControlPlane, type TestControlPlane } from '#testing/test-control-plane'

const namespace = 'default'

describe('workloads', () => {
  let plane: TestControlPlane
  let client: Client
  /** A pod says by its label how it ends; without one it runs on. */
  const statusOf = ({ metadata }: Pod) => ({ phase: metadata.labels?.['ends'] ?? 'Running' })

  before(async () => {
    plane = await startTestControlPlane({ statusOf })
    client = plane.client
  })
  after(() => plane[Symbol.asyncDispose]())

  const eventually: TestControlPlane['eventually'] = (claim, probe) => plane.eventually(claim, probe)
  const podsOf = async (app: string) => (await client.list(Pod, { namespace, labelSelector: `app=${app}` })).items
  const namesOf = (objects: readonly { metadata: { name?: string } }[]) => objects.map(({ metadata }) => metadata.name)
  const eventsOf = async (name: string) =>
    (await client.list(Event, { namespace })).items.filter(({ involvedObject }) => involvedObject.name === name)

  test('a StatefulSet makes pods and claims in order, rolls from the last to the first, and can go back', async () => {
    const labels = { app: 'db' }
    const ref = { namespace, name: 'db' }
    await client.create(StatefulSet, {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace },
      spec: {
        replicas: 3,
        serviceName: 'db',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'db', image: 'db:1' }] } },
        volumeClaimTemplates: [
          {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            status: {},
          },
        ],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
      },
      status: { replicas: 0 },
    })
    const settled = async (image: string) => {
      const { status } = await client.get(StatefulSet, ref)
      const pods = await podsOf('db')
      const isNew = pods.length === 3 && pods.every(({ spec }) => spec.containers[0]?.image === image)
      return isNew && status.readyReplicas === 3 && status.currentRevision === status.updateRevision && status
    }
    const first = await eventually('three ready pods', () => settled('db:1'))
    const [pod] = await podsOf('db')
    assert.deepEqual(
      [pod?.metadata.name, pod?.spec.hostname, pod?.spec.subdomain, pod?.metadata.labels?.['apps.kubernetes.io/pod-index']],
      ['db-0', 'db-0', 'db', '0'],
    )
    assert.equal(pod?.metadata.labels?.['controller-revision-hash'], first.currentRevision)
    assert.deepEqual(pod?.spec.volumes?.[0], { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } })
    const claims = (await client.list(PersistentVolumeClaim, { namespace })).items
    assert.deepEqual(namesOf(claims).sort(), ['data-db-0', 'data-db-1', 'data-db-2'])

    const setImage = (image: string) =>
      client.patch(StatefulSet, ref, {
        type: 'strategic',
        body: { spec: { template: { spec: { containers: [{ name: 'db', image }] } } } },
      })
    await setImage('db:2')
    const second = await eventually('the new version', () => settled('db:2'))
    assert.notEqual(second.currentRevision, first.currentRevision)
    await setImage('db:1')
    const third = await eventually('the old version again', () => settled('db:1'))
    assert.equal(third.currentRevision, first.currentRevision)
    const revisions = (await client.list(ControllerRevision, { namespace, labelSelector: 'app=db' })).items
    assert.deepEqual(revisions.map(({ revision }) => revision).sort(), [2, 3])

    await client.patch(StatefulSet, ref, { type: 'merge', body: { spec: { replicas: 1 } } })
    await eventually('one pod', async () => (await podsOf('db')).length === 1)
    await eventually('one claim', async () => (await client.list(PersistentVolumeClaim, { namespace })).items.length === 1)
    const told = (await eventsOf('db')).map(({ reason, message }) => `${reason} ${message}`)
    assert.ok(told.includes('SuccessfulCreate create Pod db-0 in StatefulSet db successful'))
    assert.ok(told.includes('SuccessfulCreate create Claim data-db-0 Pod db-0 in StatefulSet db success'))
    assert.ok(told.includes('SuccessfulDelete delete Pod db-2 in StatefulSet db successful'))
    await client.delete(StatefulSet, ref)
    await eventually('nothing left', async () => (await podsOf('db')).length === 0)
  })

  test('a DaemonSet has a pod on every node that it is for, replaces what fails, and rolls', async () => {
    const labels = { app: 'agent' }
    const ref = { namespace, name: 'agent' }
    for (const name of ['n1', 'n2', 'n3']) {
      const labelled = { name, labels: { disk: name === 'n3' ? 'slow' : 'fast' } }
      await client.create(Node, { apiVersion: 'v1', kind: 'Node', metadata: labelled, spec: {}, status: {} })
    }
    await client.create(DaemonSet, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { nodeSelector: { disk: 'fast' }, containers: [{ name: 'agent', image: 'agent:1' }] } },
      },
      status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
    })
    const statusWith = (claim: string, wanted: Partial<DaemonSet['status']>) =>
      eventually(claim, async () => {
        const { status, metadata } = await client.get(DaemonSet, ref)
        const isThere = Object.entries(wanted).every(([key, value]) => Object.entries(status).some(([k, v]) => k === key && v === value))
        return isThere && status.observedGeneration === metadata.generation && status
      })
    await statusWith('two ready', { desiredNumberScheduled: 2, numberAvailable: 2 })
    const [first] = await podsOf('agent')
    assert.ok(first !== undefined)
    assert.ok(first.spec.tolerations?.some(({ key }) => key === 'node.kubernetes.io/unreachable'))
    await client.updateStatus(Pod, { ...first, status: { ...first.status, phase: 'Failed' } })
    await eventually('another pod', async () => {
      const pods = await podsOf('agent')
      return pods.length === 2 && pods.every(({ metadata }) => metadata.uid !== first.metadata.uid)
    })
    await client.patch(Node, { name: 'n3' }, { type: 'merge', body: { metadata: { labels: { disk: 'fast' } } } })
    await statusWith('three ready', { desiredNumberScheduled: 3, numberAvailable: 3 })
    await client.patch(DaemonSet, ref, {
      type: 'strategic',
      body: { spec: { template: { spec: { containers: [{ name: 'agent', image: 'agent:2' }] } } } },
    })
    await statusWith('three updated', { updatedNumberScheduled: 3, numberAvailable: 3 })
    await client.patch(DaemonSet, ref, { type: 'merge', body: { spec: { template: { spec: { nodeSelector: { disk: 'none' } } } } } })
    await eventually('no pods', async () => (await podsOf('agent')).length === 0)
    const reasons = (await eventsOf('agent')).map(({ reason }) => reason)
    for (const reason of ['SuccessfulCreate', 'SuccessfulDelete', 'FailedDaemonPod']) assert.ok(reasons.includes(reason), reason)
  })

  test('a ResourceQuota counts what is there, and gives back what goes', async () => {
    const map = (name: string): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: {} })
    await client.create(ConfigMap, map('before'))
    const hard = { configmaps: '3', pods: '5', 'requests.cpu': '1', 'count/replicasets.apps': '1' }
    await client.create(ResourceQuota, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace },
      spec: { hard },
      status: {},
    })
    const used = async () => (await client.get(ResourceQuota, { namespace, name: 'q' })).status?.used
    const usedIs = (claim: string, name: string, amount: string) => eventually(claim, async () => (await used())?.[name] === amount)
    await usedIs('what was there', 'configmaps', '1')
    await client.create(ConfigMap, map('after'))
    await usedIs('what was added', 'configmaps', '2')
    await client.delete(ConfigMap, { namespace, name: 'before' })
    await usedIs('what was given back', 'configmaps', '1')
    const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '600m' } } }]
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'one', namespace, labels: { app: 'one' } },
      spec: { containers },
      status: {},
    }
    await client.create(Pod, pod)
    await usedIs('the pod', 'requests.cpu', '600m')
    await client.patch(Pod, { namespace, name: 'one' }, { type: 'merge', subresource: 'status', body: { status: { phase: 'Succeeded' } } })
    await usedIs('a pod that ended', 'requests.cpu', '0')
    assert.deepEqual(await used(), { configmaps: '1', pods: '0', 'requests.cpu': '0', 'count/replicasets.apps': '0' })
    await client.delete(ResourceQuota, { namespace, name: 'q' })
  })

  const jobOf = (name: string, ends: string, spec: Partial<Job['spec']>): Job => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: {
      template: { metadata: { labels: { app: name, ends } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
      ...spec,
    },
    status: {},
  })
  const finishedJob = (name: string, type: 'Complete' | 'Failed') =>
    eventually(`job ${name} ${type}`, async () => {
      const { status } = await client.get(Job, { namespace, name })
      return status.conditions?.some((one) => one.type === type && one.status === 'True') && status
    })

  test('a Job counts every pod once and lets it go', async () => {
    await client.create(Job, jobOf('indexed', 'Succeeded', { completionMode: 'Indexed', completions: 5, parallelism: 2 }))
    const status = await finishedJob('indexed', 'Complete')
    assert.deepEqual([status.succeeded, status.completedIndexes, status.active, status.uncountedTerminatedPods], [5, '0-4', undefined, {}])
    assert.deepEqual(
      status.conditions?.map(({ type, reason }) => [type, reason]),
      [
        ['SuccessCriteriaMet', 'CompletionsReached'],
        ['Complete', 'CompletionsReached'],
      ],
    )
    const pods = await podsOf('indexed')
    assert.deepEqual([pods.length, pods.flatMap(({ metadata }) => metadata.finalizers ?? [])], [5, []])
    await client.create(Job, jobOf('broken', 'Failed', { backoffLimit: 0 }))
    const failed = await finishedJob('broken', 'Failed')
    assert.deepEqual([failed.failed, failed.conditions?.at(-1)?.reason], [1, 'BackoffLimitExceeded'])
    const told = (await eventsOf('broken')).map(({ reason }) => reason)
    assert.ok(told.includes('BackoffLimitExceeded') && told.includes('SuccessfulCreate'))
  })

  test('a finished Job goes after its time, and its pods with it', async () => {
    await client.create(Job, jobOf('brief', 'Succeeded', { ttlSecondsAfterFinished: 0 }))
    await eventually('the job gone', async () =>
      (await client.list(Job, { namespace })).items.every(({ metadata }) => metadata.name !== 'brief'),
    )
    await eventually('its pod gone', async () => (await podsOf('brief')).length === 0)
  })

  test('a Job that is suspended has no pods, and goes on where it was', async () => {
    await client.create(Job, jobOf('sleeper', 'Running', { suspend: true }))
    const suspend = (value: boolean) =>
      client.patch(Job, { namespace, name: 'sleeper' }, { type: 'merge', body: { spec: { suspend: value } } })
    await eventually('asleep', async () => {
      const { status } = await client.get(Job, { namespace, name: 'sleeper' })
      return (
        status.startTime === undefined && status.conditions?.some(({ type, status: holds }) => type === 'Suspended' && holds === 'True')
      )
    })
    await suspend(false)
    await eventually('a pod', async () => (await podsOf('sleeper')).length === 1)
    await suspend(true)
    await eventually('no pod', async () => (await podsOf('sleeper')).length === 0)
    const { status } = await client.get(Job, { namespace, name: 'sleeper' })
    assert.equal(status.failed, undefined)
  })

  test('a CronJob makes a Job when it is due', async () => {
    await client.create(CronJob, {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'tick', namespace },
      spec: { schedule: '@every 1s', jobTemplate: { spec: jobOf('tick', 'Succeeded', {}).spec } },
      status: {},
    })
    const status = await eventually('a run that succeeded', async () => {
      const cronJob = await client.get(CronJob, { namespace, name: 'tick' })
      return cronJob.status.lastSuccessfulTime !== undefined && cronJob.status
    })
    assert.notEqual(status.lastScheduleTime, undefined)
    const told = (await eventsOf('tick')).map(({ reason }) => reason)
    assert.ok(told.includes('SuccessfulCreate') && told.includes('SawCompletedJob'))
    await client.delete(CronJob, { namespace, name: 'tick' })
  })

  test('nothing that the controllers tried was refused', () => assert.deepEqual(plane.complaints, []))
})
