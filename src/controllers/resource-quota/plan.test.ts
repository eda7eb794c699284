import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pod } from '#kinds/core/pod/pod.kind'
import type { ResourceQuota } from '#kinds/core/resource-quota.kind'
import { Service } from '#kinds/core/service.kind'
import { changesUsage, quotaUsage } from './plan.ts'

const nowMs = Date.parse('2026-01-01T00:00:00Z')

function quota(hard: Readonly<Record<string, string>>, scopes?: readonly string[]): ResourceQuota {
  const spec = { hard, ...(scopes === undefined ? {} : { scopes }) }
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace: 'a' }, spec, status: {} }
}

function pod(phase: string, cpu?: string, deletionTimestamp?: string): Pod {
  const resources = cpu === undefined ? {} : { resources: { requests: { cpu } } }
  const containers = [{ name: 'c', image: 'i', ...resources }]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'a', deletionTimestamp },
    spec: { containers },
    status: { phase },
  }
}

function service(type: string): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type, ports: [{ port: 1 }, { port: 2 }] }, status: {} }
}

for (const [why, limited, pods, want] of [
  ['what is not there is zero', quota({ pods: '1', secrets: '2' }), [], { pods: '0', secrets: '0' }],
  ['requests add up', quota({ pods: '9', cpu: '1' }), [pod('Running', '100m'), pod('Pending', '200m')], { pods: '2', cpu: '300m' }],
  [
    'a pod that has ended is only an object',
    quota({ pods: '9', 'requests.cpu': '1', 'count/pods': '9' }),
    [pod('Succeeded', '100m'), pod('Failed', '100m')],
    { pods: '0', 'requests.cpu': '0', 'count/pods': '2' },
  ],
  ['a pod that is going still counts', quota({ pods: '9' }), [pod('Running', '1', '2026-01-01T00:00:30Z')], { pods: '1' }],
  ['a pod that should be gone does not', quota({ pods: '9' }), [pod('Running', '1', '2025-12-31T23:59:00Z')], { pods: '0' }],
  ['a scope leaves others out', quota({ pods: '9' }, ['BestEffort']), [pod('Running', '1'), pod('Running')], { pods: '1' }],
] as const) {
  test(`quotaUsage: ${why}`, () => assert.deepEqual(quotaUsage(limited, [{ kind: Pod, objects: pods }], nowMs), want))
}

for (const [why, before, after, want] of [
  ['a pod that becomes ready', pod('Pending', '1'), pod('Running', '1'), false],
  ['a pod that ends', pod('Running', '1'), pod('Succeeded', '1'), true],
  ['a pod that shrinks', pod('Running', '1'), pod('Running', '500m'), true],
] as const) {
  test(`changesUsage: ${why}`, () => assert.equal(changesUsage(Pod, after, before, nowMs), want))
}

test('changesUsage: a service that gives its node ports back', () => {
  assert.equal(changesUsage(Service, service('ClusterIP'), service('NodePort'), nowMs), true)
})
