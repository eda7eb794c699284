import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, PodStatus } from '#kinds/core/types.gen'
import type { ContainerRecord, PodRecord } from '../runtime/records.ts'
import { type PodStatusFacts, podStatusOf } from './pod-status.ts'

const nowMs = Date.UTC(2026, 0, 1, 12)

function podOf(spec: Partial<NonNullable<Pod['spec']>> = {}, status: PodStatus = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n', uid: 'u', generation: 1 },
    spec: { restartPolicy: 'Always', containers: [{ name: 'app', image: 'one' }], ...spec },
    status,
  }
}

function recordOf(...containers: readonly Partial<ContainerRecord>[]): PodRecord {
  const base: ContainerRecord = {
    id: 'c',
    name: 'app',
    sandboxId: 's',
    state: 'running',
    restartCount: 0,
    specHash: '',
    createdAtMs: nowMs,
    startedAtMs: nowMs,
    finishedAtMs: nowMs,
    exitCode: 0,
    reason: '',
    message: '',
    image: 'one',
    imageId: 'sha256:1',
    logPath: '',
  }
  const sandboxes = [{ id: 's', isReady: true, attempt: 0, createdAtMs: nowMs, ips: ['10.0.0.9'], usesHostNetwork: false }]
  return { uid: 'u', name: 'p', namespace: 'n', sandboxes, containers: containers.map((changes) => ({ ...base, ...changes })) }
}

function facts(changes: Partial<PodStatusFacts> = {}): PodStatusFacts {
  const probes = () => ({ startup: 'success', readiness: 'success', liveness: 'success' }) as const
  return {
    nowMs,
    hostIps: ['192.0.2.1'],
    waiting: new Map(),
    probes,
    applied: () => undefined,
    resize: [],
    isTerminating: false,
    isStopped: false,
    ...changes,
  }
}

function conditionsOf(status: PodStatus): string {
  return (status.conditions ?? [])
    .filter((one) => one.status === 'True')
    .map((one) => one.type)
    .join(' ')
}

const ended = { state: 'exited' } as const
for (const [why, pod, record, changes, phase, conditions] of [
  ['nothing started yet', podOf(), recordOf(), {}, 'Pending', 'PodReadyToStartContainers Initialized PodScheduled'],
  ['all runs', podOf(), recordOf({}), {}, 'Running', 'PodReadyToStartContainers Initialized Ready ContainersReady PodScheduled'],
  [
    'ended well, Never',
    podOf({ restartPolicy: 'Never' }),
    recordOf(ended),
    {},
    'Succeeded',
    'PodReadyToStartContainers Initialized PodScheduled',
  ],
  [
    'failed, Never',
    podOf({ restartPolicy: 'Never' }),
    recordOf({ ...ended, exitCode: 1 }),
    {},
    'Failed',
    'PodReadyToStartContainers Initialized PodScheduled',
  ],
  [
    'failed, Always: it will run again',
    podOf(),
    recordOf({ ...ended, exitCode: 1 }),
    {},
    'Running',
    'PodReadyToStartContainers Initialized PodScheduled',
  ],
  [
    'an init container runs',
    podOf({ initContainers: [{ name: 'i' }] }),
    recordOf({ name: 'i' }),
    {},
    'Pending',
    'PodReadyToStartContainers PodScheduled',
  ],
  [
    'stopped on request, well',
    podOf(),
    recordOf(ended),
    { isTerminating: true, isStopped: true },
    'Succeeded',
    'PodReadyToStartContainers Initialized PodScheduled',
  ],
  [
    'stopped on request, badly',
    podOf(),
    recordOf({ ...ended, exitCode: 137 }),
    { isTerminating: true, isStopped: true },
    'Failed',
    'PodReadyToStartContainers Initialized PodScheduled',
  ],
  [
    'evicted',
    podOf(),
    recordOf({}),
    { failure: { reason: 'Evicted', message: 'low on memory' } },
    'Failed',
    'PodReadyToStartContainers Initialized PodScheduled',
  ],
  [
    'a final phase stays',
    podOf({}, { phase: 'Succeeded' }),
    recordOf({}),
    {},
    'Succeeded',
    'PodReadyToStartContainers Initialized PodScheduled',
  ],
] as const satisfies readonly (readonly [string, Pod, PodRecord, Partial<PodStatusFacts>, string, string])[]) {
  test(`podStatusOf: ${why}`, () => {
    const status = podStatusOf(pod, record, facts(changes))
    assert.equal(status.phase, phase)
    assert.equal(conditionsOf(status), conditions)
  })
}

test('podStatusOf: back-off shows as waiting, with the end as last state', () => {
  const waiting = new Map([['app', { reason: 'CrashLoopBackOff', message: 'back-off 10s' }]])
  const [app] = podStatusOf(podOf(), recordOf({ ...ended, exitCode: 3, restartCount: 2 }), facts({ waiting })).containerStatuses ?? []
  assert.equal(app?.state?.waiting?.reason, 'CrashLoopBackOff')
  assert.equal(app?.lastState?.terminated?.exitCode, 3)
  assert.equal(app?.restartCount, 2)
})

test('podStatusOf: a condition keeps its transition time while its status stays', () => {
  const first = podStatusOf(podOf(), recordOf({}), facts())
  const later = podStatusOf(podOf({}, first), recordOf({}), facts({ nowMs: nowMs + 60_000 }))
  assert.deepEqual(later.conditions, first.conditions)
})
