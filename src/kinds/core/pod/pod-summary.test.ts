import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Container, ContainerStatus, Pod, PodStatus } from '../types.gen.ts'
import { podSummaryOf } from './pod-summary.ts'

const startedAt = '2026-01-01T00:00:00Z'
const running: Partial<ContainerStatus> = { ready: true, started: true, state: { running: { startedAt } } }
const init: Container = { name: 'i', image: 'x' }
const sidecar: Container = { ...init, restartPolicy: 'Always' }

function statusOf(name: string, changes: Partial<ContainerStatus>): ContainerStatus {
  return { name, image: 'x', imageID: 'x', ready: false, restartCount: 0, ...changes }
}

function podWith(status: PodStatus, initContainers: readonly Container[] = [], deletionTimestamp?: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', deletionTimestamp },
    spec: { containers: [{ name: 'c' }], initContainers },
    status,
  }
}

const crashed = { exitCode: 1, startedAt, finishedAt: startedAt }

for (const [why, pod, reason, ready] of [
  ['a new pod', podWith({ phase: 'Pending' }), 'Pending', '0/1'],
  ['an evicted pod', podWith({ phase: 'Failed', reason: 'Evicted' }), 'Evicted', '0/1'],
  ['a running pod', podWith({ phase: 'Running', containerStatuses: [statusOf('c', running)] }), 'Running', '1/1'],
  [
    'a waiting container',
    podWith({ phase: 'Pending', containerStatuses: [statusOf('c', { state: { waiting: { reason: 'ImagePullBackOff' } } })] }),
    'ImagePullBackOff',
    '0/1',
  ],
  [
    'a container that ended by a signal',
    podWith({ phase: 'Failed', containerStatuses: [statusOf('c', { state: { terminated: { ...crashed, signal: 9 } } })] }),
    'Signal:9',
    '0/1',
  ],
  [
    'a container that ended badly',
    podWith({ phase: 'Failed', containerStatuses: [statusOf('c', { state: { terminated: crashed } })] }),
    'ExitCode:1',
    '0/1',
  ],
  [
    'a finished pod',
    podWith({
      phase: 'Succeeded',
      containerStatuses: [statusOf('c', { state: { terminated: { ...crashed, exitCode: 0, reason: 'Completed' } } })],
    }),
    'Completed',
    '0/1',
  ],
  [
    'the first of two init containers',
    podWith({ phase: 'Pending', initContainerStatuses: [statusOf('i', { state: { running: { startedAt } } })] }, [init, init]),
    'Init:0/2',
    '0/1',
  ],
  [
    'a failed init container',
    podWith({ phase: 'Pending', initContainerStatuses: [statusOf('i', { state: { terminated: { ...crashed, reason: 'Error' } } })] }, [
      init,
    ]),
    'Init:Error',
    '0/1',
  ],
  [
    'a sidecar beside',
    podWith({ phase: 'Running', initContainerStatuses: [statusOf('i', running)], containerStatuses: [statusOf('c', running)] }, [sidecar]),
    'Running',
    '2/2',
  ],
  [
    'a pod that is being deleted',
    podWith({ phase: 'Running', containerStatuses: [statusOf('c', running)] }, [], startedAt),
    'Terminating',
    '1/1',
  ],
  ['a pod whose node is lost', podWith({ phase: 'Running', reason: 'NodeLost' }, [], startedAt), 'Unknown', '0/1'],
  [
    'a gated pod',
    podWith({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
    'SchedulingGated',
    '0/1',
  ],
] as const) {
  test(`podSummaryOf: ${why}`, () => {
    const summary = podSummaryOf(pod)
    assert.equal(summary.reason, reason)
    assert.equal(`${summary.readyCount}/${summary.containerCount}`, ready)
  })
}

test('restarts are summed up, and the last one is told', () => {
  const restarted = statusOf('c', {
    ...running,
    restartCount: 2,
    lastState: { terminated: { ...crashed, finishedAt: '2026-01-02T00:00:00Z' } },
  })
  const summary = podSummaryOf(podWith({ phase: 'Running', containerStatuses: [restarted, { ...restarted, name: 'd', restartCount: 1 }] }))
  assert.equal(summary.restartCount, 3)
  assert.equal(summary.lastRestartAt, '2026-01-02T00:00:00Z')
})
