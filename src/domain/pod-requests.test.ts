import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Container, PodSpec } from '#kinds/core/types.gen'
import { assumedPodRequests, podRequests } from './pod-requests.ts'

const wants = (cpu: string, restartPolicy?: string): Container => ({ name: `c${cpu}`, resources: { requests: { cpu } }, restartPolicy })

for (const [why, spec, wantMilliCpu] of [
  ['containers add up', { containers: [wants('100m'), wants('200m')] }, 300],
  ['a hungry start counts instead', { containers: [wants('100m')], initContainers: [wants('1'), wants('500m')] }, 1000],
  ['a sidecar stays beside the containers', { containers: [wants('100m')], initContainers: [wants('50m', 'Always')] }, 150],
  [
    'a sidecar runs beside later init containers',
    { containers: [wants('10m')], initContainers: [wants('50m', 'Always'), wants('1')] },
    1050,
  ],
  ['overhead comes on top', { containers: [wants('100m')], overhead: { cpu: '25m' } }, 125],
  ['the whole pod states its own', { containers: [wants('100m')], resources: { requests: { cpu: '2' } } }, 2000],
  ['fractions are rounded up', { containers: [wants('0.0001')] }, 1],
] as const satisfies readonly (readonly [string, PodSpec, number])[]) {
  test(`podRequests: ${why}`, () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec, status: {} } as const
    assert.equal(podRequests(pod).get('cpu'), wantMilliCpu)
  })
}

test('assumedPodRequests: a container that states nothing counts as 100m and 200 MiB', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [{ name: 'a' }, wants('1')] }, status: {} } as const
  assert.deepEqual(
    [...assumedPodRequests(pod)],
    [
      ['cpu', 1100],
      ['memory', 2 * 200 * 1024 * 1024],
    ],
  )
})
