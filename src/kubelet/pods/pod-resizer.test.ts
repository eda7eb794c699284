import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Container, Pod } from '#kinds/core/types.gen'
import type { ContainerRecord, PodRecord } from '../runtime/records.ts'
import type { WaitingReason } from '../status/container-status.ts'
import { PodResizer, type PodResizerDeps } from './pod-resizer.ts'

function podOf(cpu: string, resizePolicy?: Container['resizePolicy']): Pod {
  const container = { name: 'app', image: 'one', resources: { requests: { cpu }, limits: { cpu } }, ...(resizePolicy && { resizePolicy }) }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { uid: 'u', name: 'p', generation: 1 }, spec: { containers: [container] }, status: {} }
}

function recordOf(...ids: readonly string[]): PodRecord {
  const containers = ids.map((id) => ({ id, name: 'app', state: 'running' }) as ContainerRecord)
  return { uid: 'u', name: 'p', namespace: 'n', sandboxes: [], containers }
}

/** Says what was done, in order. */
function resizerWith(changes: { objection?: WaitingReason; failure?: Error } = {}) {
  const log: string[] = []
  const deps = {
    runtime: {
      updateResources: async (id: string, { cpuQuota }: { cpuQuota: number }) => {
        if (changes.failure !== undefined) throw changes.failure
        log.push(`update ${id} to ${cpuQuota}`)
      },
    },
    cgroups: { ensure: async (pod: Pod) => void log.push(`cgroup ${pod.spec?.containers[0]?.resources?.limits?.cpu}`) },
    terminator: { stopContainer: async (_pod: Pod, { id }: ContainerRecord) => void log.push(`stop ${id}`) },
    events: { event: (_pod: Pod, _type: string, reason: string) => void log.push(reason) },
    objectionTo: () => changes.objection,
    machineMemoryBytes: 1024,
  } as unknown as PodResizerDeps
  return { log, resizer: new PodResizer(deps), changes }
}

test('a pod that grows has a larger cgroup first, then its container, then both as asked', async () => {
  const { log, resizer } = resizerWith()
  resizer.grant(podOf('1'), recordOf('a'))
  const granted = resizer.grant(podOf('2'), recordOf('a'))
  assert.deepEqual(
    resizer.conditionsOf('u').map(({ type }) => type),
    ['PodResizeInProgress'],
  )
  await resizer.actuate(granted, recordOf('a'))
  assert.deepEqual(log, ['ResizeStarted', 'cgroup 2', 'update a to 200000', 'cgroup 2', 'ResizeCompleted'])
  assert.deepEqual(resizer.conditionsOf('u'), [])
  assert.deepEqual(resizer.appliedTo('u', 'a')?.limits, { cpu: '2' })
})

test('a pod that shrinks keeps its cgroup until the container is smaller', async () => {
  const { log, resizer } = resizerWith()
  resizer.grant(podOf('2'), recordOf('a'))
  await resizer.actuate(resizer.grant(podOf('1'), recordOf('a')), recordOf('a'))
  assert.deepEqual(log.slice(1, 4), ['cgroup 2', 'update a to 100000', 'cgroup 1'])
})

test('where the node has no room the pod goes on as it was, and says so once', () => {
  const objection = { reason: 'Deferred', message: 'full' }
  const { log, resizer } = resizerWith({ objection })
  resizer.grant(podOf('1'), recordOf('a'))
  for (let look = 0; look < 2; look++)
    assert.equal(resizer.grant(podOf('2'), recordOf('a')).spec?.containers[0]?.resources?.limits?.cpu, '1')
  assert.deepEqual(log, ['ResizeDeferred'])
  assert.deepEqual(resizer.conditionsOf('u'), [{ type: 'PodResizePending', ...objection }])
  assert.equal(resizer.isDeferred('u'), true)
})

test('a failure shows until a later try succeeds', async () => {
  const { resizer, changes } = resizerWith({ failure: new Error('busy') })
  resizer.grant(podOf('1'), recordOf('a'))
  await assert.rejects(resizer.actuate(resizer.grant(podOf('2'), recordOf('a')), recordOf('a')), /busy/)
  assert.deepEqual(resizer.conditionsOf('u'), [{ type: 'PodResizeInProgress', reason: 'Error', message: 'busy' }])
  delete changes.failure
  await resizer.actuate(resizer.grant(podOf('2'), recordOf('a')), recordOf('a'))
  assert.deepEqual(resizer.conditionsOf('u'), [])
})

test('where the policy says so the container is stopped, and the next one has what was granted', async () => {
  const { log, resizer } = resizerWith()
  const policy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]
  resizer.grant(podOf('1', policy), recordOf('a'))
  await resizer.actuate(resizer.grant(podOf('2', policy), recordOf('a')), recordOf('a'))
  assert.ok(log.includes('stop a'))
  resizer.grant(podOf('2', policy), recordOf('b', 'a'))
  assert.deepEqual(resizer.conditionsOf('u'), [])
})
