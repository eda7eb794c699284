import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bootstrapFlowSchemas } from '../bootstrap/flow-objects.ts'
import type { RequestInfo } from '../exchange.ts'
import { isMatch } from './flow-match.ts'

const request: RequestInfo = {
  isResourceRequest: true,
  path: '/api/v1/namespaces/a/pods',
  verb: 'list',
  group: '',
  version: 'v1',
  namespace: 'a',
  resource: 'pods',
  subresource: '',
  name: '',
  rest: [],
}
const lease = { ...request, group: 'coordination.k8s.io', resource: 'leases', verb: 'update', namespace: 'kube-system' }
const nodeStatus = { ...request, resource: 'nodes', subresource: 'status', namespace: '', verb: 'patch' }
const health = { ...request, isResourceRequest: false, path: '/healthz', verb: 'get' }

const cases: readonly (readonly [user: string, groups: string, info: RequestInfo, flow: string])[] = [
  ['admin', 'system:masters', request, 'exempt'],
  ['system:anonymous', 'system:unauthenticated', health, 'probes'],
  ['system:anonymous', 'system:unauthenticated', { ...health, path: '/version' }, 'global-default'],
  ['system:kube-scheduler', 'system:authenticated', lease, 'system-leader-election'],
  ['system:kube-scheduler', 'system:authenticated', request, 'kube-scheduler'],
  ['system:node:a', 'system:nodes', nodeStatus, 'system-node-high'],
  ['system:node:a', 'system:nodes', request, 'system-nodes'],
  ['system:serviceaccount:kube-system:x', 'system:serviceaccounts', request, 'kube-system-service-accounts'],
  ['system:serviceaccount:a:x', 'system:serviceaccounts', request, 'service-accounts'],
  ['somebody', 'system:authenticated', request, 'global-default'],
  ['somebody', 'nobody-knows', request, ''],
]

for (const [name, groups, info, flow] of cases) {
  test(`${name} who would ${info.verb} ${info.resource || info.path} belongs to ${flow || 'no flow'}`, () => {
    const found = bootstrapFlowSchemas
      .toSorted((a, b) => (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0))
      .find((schema) => isMatch(schema, { name, groups: groups.split(',') }, info))
    assert.equal(found?.metadata.name ?? '', flow)
  })
}
