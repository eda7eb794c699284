import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import type { ResourceQuota } from '#kinds/core/resource-quota.kind'
import { Service } from '#kinds/core/service.kind'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { charge } from './charge.ts'

type Amounts = Readonly<Record<string, string>>

function quota(hard: Amounts, used: Amounts, spec: object = {}): ResourceQuota {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'a' },
    spec: { hard, ...spec },
    status: { hard, used },
  }
}

function pod(spec: object, requests?: Amounts): Pod {
  const containers = [{ name: 'c', image: 'i', ...(requests && { resources: { requests } }) }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'a' }, spec: { containers, ...spec }, status: {} } as Pod
}

function service(type: string): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'a' }, spec: { type, ports: [{ port: 1 }] }, status: {} }
}

/** What the first quota has used afterwards, or why there is no room. */
function outcome(quotas: readonly ResourceQuota[], kind: Kind<never>, object: KubeObject, old?: KubeObject): Amounts | string | undefined {
  const result = charge(quotas, { kind: kind as unknown as Kind, object, old })
  return result.kind === 'refused' ? result.why : result.quotas[0]?.status?.used
}

const map: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'a' } }

for (const [why, quotas, kind, object, old, want] of [
  [
    'a pod with room',
    [quota({ pods: '2', 'requests.cpu': '1' }, { pods: '0', 'requests.cpu': '0' })],
    Pod,
    pod({}, { cpu: '600m' }),
    undefined,
    { pods: '1', 'requests.cpu': '600m' },
  ],
  [
    'a pod without room',
    [quota({ 'requests.cpu': '1' }, { 'requests.cpu': '600m' })],
    Pod,
    pod({}, { cpu: '600m' }),
    undefined,
    'exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
  ],
  [
    'a pod that does not say',
    [quota({ 'requests.cpu': '1' }, { 'requests.cpu': '0' })],
    Pod,
    pod({}),
    undefined,
    'failed quota: q: must specify requests.cpu for: c',
  ],
  ['usage that is not known yet', [quota({ pods: '1' }, {})], Pod, pod({}), undefined, 'status unknown for quota: q, resources: pods'],
  ['a quota of other things', [quota({ services: '1' }, { services: '1' })], Pod, pod({}), undefined, undefined],
  [
    'a counted config map',
    [quota({ 'count/configmaps': '2' }, { 'count/configmaps': '2' })],
    ConfigMap,
    map,
    undefined,
    'exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2',
  ],
  [
    'a service that takes a node port later',
    [quota({ services: '1', 'services.nodeports': '1' }, { services: '1', 'services.nodeports': '0' })],
    Service,
    service('NodePort'),
    service('ClusterIP'),
    { services: '1', 'services.nodeports': '1' },
  ],
  [
    'a service that gives one back',
    [quota({ 'services.nodeports': '1' }, { 'services.nodeports': '1' })],
    Service,
    service('ClusterIP'),
    service('NodePort'),
    undefined,
  ],
  [
    'a best-effort quota and a burstable pod',
    [quota({ pods: '0' }, { pods: '0' }, { scopes: ['BestEffort'] })],
    Pod,
    pod({}, { cpu: '1m' }),
    undefined,
    undefined,
  ],
  [
    'a quota of a priority class',
    [
      quota(
        { pods: '0' },
        { pods: '0' },
        { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['hi'] }] } },
      ),
    ],
    Pod,
    pod({ priorityClassName: 'hi' }),
    undefined,
    'exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0',
  ],
] as const) {
  test(`quota: ${why}`, () => assert.deepEqual(outcome(quotas, kind as unknown as Kind<never>, object, old), want))
}
