import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '#base/env/log'
import { seededRandom } from '#base/env/random'
import { VirtualClock } from '#base/env/virtual-clock'
import type { Container, Pod, Probe } from '#kinds/core/types.gen'
import { GrpcError } from '#net/grpc/grpc-error'
import type { ContainerRecord, PodRecord } from '../runtime/records.ts'
import { createProbes } from './create-probes.ts'

const exec = { exec: { command: ['check', 'it'] } }

function podOf(probes: Pick<Container, 'livenessProbe' | 'readinessProbe' | 'startupProbe'>): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'a', uid: 'u' },
    spec: { containers: [{ name: 'c', ...probes }] },
    status: {},
  }
}

function setUp(pod: Pod) {
  const clock = new VirtualClock()
  const world = { exitCode: 0, fault: undefined as Error | undefined, runCount: 0, changes: 0, events: [] as string[] }
  const runtime = {
    async exec() {
      world.runCount++
      if (world.fault !== undefined) throw world.fault
      return { exitCode: world.exitCode, output: 'no luck' }
    },
  }
  const events = {
    event: (_object: unknown, type: string, reason: string, message: string, facts?: { fieldPath?: string }) =>
      world.events.push([type, reason, message, facts?.fieldPath].join('|')),
  }
  const probes = createProbes({ clock, random: seededRandom(1), log: silentLog, runtime, events, onChange: () => world.changes++ })
  const run = (id: string, state: ContainerRecord['state'] = 'running') => probes.sync(pod, recordOf(id, state, clock.nowMs()))
  return { clock, world, probes, run, verdicts: () => probes.verdicts('u', 'c') }
}

function recordOf(id: string, state: ContainerRecord['state'], startedAtMs: number): PodRecord {
  const container: ContainerRecord = {
    id,
    name: 'c',
    sandboxId: 's',
    state,
    restartCount: 0,
    specHash: '',
    createdAtMs: startedAtMs,
    startedAtMs,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
    message: '',
    image: '',
    imageId: '',
    logPath: '',
  }
  return { uid: 'u', name: 'p', namespace: 'a', sandboxes: [], containers: [container] }
}

const every: Probe = { ...exec, periodSeconds: 5, failureThreshold: 2, successThreshold: 1 }

test('without probes a container is started, ready and alive', () => {
  const { run, verdicts } = setUp(podOf({}))
  run('1')
  assert.deepEqual(verdicts(), { startup: 'success', readiness: 'success', liveness: 'success' })
})

test('readiness: not before it says so, after the delay, and gone again after failures in a row', async () => {
  const { clock, world, run, verdicts } = setUp(podOf({ readinessProbe: { ...every, initialDelaySeconds: 3 } }))
  run('1')
  assert.equal(verdicts().readiness, 'failure')
  await clock.advance(2999)
  assert.equal(world.runCount, 0)
  await clock.advance(1)
  assert.deepEqual([verdicts().readiness, world.changes, world.runCount], ['success', 1, 1])
  world.exitCode = 1
  await clock.advance(5000)
  assert.deepEqual([verdicts().readiness, world.changes], ['success', 1])
  await clock.advance(5000)
  assert.deepEqual([verdicts().readiness, world.changes], ['failure', 2])
  const event = 'Warning|Unhealthy|Readiness probe failed: no luck|spec.containers{c}'
  assert.deepEqual(world.events, [event, event])
  world.exitCode = 0
  await clock.advance(5000)
  assert.equal(verdicts().readiness, 'success')
})

test('liveness: fails after its threshold, is tried no more, and starts anew with a new container', async () => {
  const { clock, world, run, verdicts } = setUp(podOf({ livenessProbe: every }))
  world.exitCode = 1
  run('1')
  await clock.advance(5000)
  assert.equal(verdicts().liveness, 'failure')
  await clock.advance(60_000)
  assert.equal(world.runCount, 2)
  run('1', 'exited')
  assert.equal(verdicts().liveness, 'failure')
  run('2')
  assert.equal(verdicts().liveness, 'success')
  await clock.advance(5000)
  assert.equal(verdicts().liveness, 'failure')
})

test('startup holds the others back until it succeeds, and then ends', async () => {
  const { clock, world, run, verdicts } = setUp(
    podOf({ startupProbe: { ...every, failureThreshold: 10 }, livenessProbe: every, readinessProbe: every }),
  )
  world.exitCode = 1
  run('1')
  await clock.advance(20_000)
  assert.deepEqual(verdicts(), { startup: 'unknown', readiness: 'failure', liveness: 'success' })
  assert.equal(world.runCount, 5)
  world.exitCode = 0
  await clock.advance(5000)
  assert.deepEqual(verdicts(), { startup: 'success', readiness: 'success', liveness: 'success' })
  const before = world.runCount
  await clock.advance(5000)
  assert.equal(world.runCount, before + 2)
})

test('a probe that cannot be tried says nothing; one that takes too long fails', async () => {
  const { clock, world, run, verdicts } = setUp(podOf({ livenessProbe: { ...every, failureThreshold: 1, timeoutSeconds: 2 } }))
  world.fault = new Error('runtime is away')
  run('1')
  await clock.advance(0)
  assert.deepEqual([verdicts().liveness, world.runCount], ['success', 3])
  world.fault = new GrpcError('DeadlineExceeded', 'context deadline exceeded')
  await clock.advance(5000)
  assert.equal(verdicts().liveness, 'failure')
  assert.deepEqual(world.events, [
    'Warning|Unhealthy|Liveness probe errored and resulted in unknown state: runtime is away|spec.containers{c}',
    'Warning|Unhealthy|Liveness probe failed: command timed out: "check it" timed out after 2s|spec.containers{c}',
  ])
})

test('a pod on its way out keeps its readiness probes only', async () => {
  const { clock, world, run, probes } = setUp(podOf({ livenessProbe: every, readinessProbe: every }))
  run('1')
  await clock.advance(0)
  probes.stopLiveness('u')
  await clock.advance(10_000)
  assert.equal(world.runCount, 4)
  probes.forget('u')
  await clock.advance(10_000)
  assert.equal(world.runCount, 4)
})

test('a kubelet that comes back takes a ready container for ready', async () => {
  const base = podOf({ readinessProbe: every, startupProbe: every })
  const status = { name: 'c', ready: true, started: true, restartCount: 0, image: '', imageID: '', containerID: 'containerd://1' }
  const { run, verdicts } = setUp({ ...base, status: { containerStatuses: [status] } })
  run('1')
  assert.deepEqual(verdicts(), { startup: 'success', readiness: 'success', liveness: 'success' })
})
