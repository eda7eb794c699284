import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtinKinds } from '#kinds/builtin-kinds'
import type { Exchange, RequestInfo } from '../exchange.ts'
import { StaticKindTable } from '../registry/kind-table.ts'
import { type RequestLabels, requestLabels } from './request-labels.ts'

const kinds = new StaticKindTable(builtinKinds)

type Asked = {
  readonly info: Partial<RequestInfo>
  readonly method?: string
  readonly query?: string
  readonly type?: string
  readonly user?: string
}

function labelsOf({ info, method = 'GET', query = '', type, user = 'bob' }: Asked): RequestLabels {
  const whole = {
    isResourceRequest: true,
    path: '/x',
    verb: 'get',
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: '',
    namespace: '',
    name: '',
    rest: [],
    ...info,
  }
  const request = { method, query: new URLSearchParams(query), headers: { 'content-type': type } }
  return requestLabels({ info: whole, request, user: { name: user, groups: [] } } as unknown as Exchange, kinds)
}

const nothing = { group: '', version: '', resource: '', subresource: '', scope: '', component: '' }
const pods = { group: '', version: 'v1', resource: 'pods', component: 'apiserver' }

for (const [why, asked, want] of [
  ['a pod', { info: { name: 'p', namespace: 'a' } }, { ...pods, verb: 'GET', scope: 'resource' }],
  ['a list', { info: { verb: 'list', namespace: 'a' } }, { ...pods, verb: 'LIST', scope: 'namespace' }],
  ['a list of all', { info: { verb: 'list' } }, { ...pods, verb: 'LIST', scope: 'cluster' }],
  ['a new one', { info: { verb: 'create', namespace: 'a' } }, { ...pods, verb: 'POST', scope: 'resource' }],
  ['an apply', { info: { verb: 'patch', name: 'p' }, type: 'application/apply-patch+yaml' }, { ...pods, verb: 'APPLY' }],
  ['a subresource', { info: { name: 'p', subresource: 'status' } }, { ...pods, subresource: 'status' }],
  ['a subresource that is none', { info: { name: 'p', subresource: 'x1' } }, { ...pods, subresource: '' }],
  ['a resource that is none', { info: { resource: 'x1', group: 'x2', version: 'x3', subresource: 'x4' } }, nothing],
  ['a verb that is none', { info: { verb: 'x1' } }, { verb: 'other' }],
  ['a method that is none', { info: { isResourceRequest: false }, method: 'X1' }, { ...nothing, verb: 'other' }],
  ['a path that is none', { info: { isResourceRequest: false, path: '/x1/x2' } }, { ...nothing, verb: 'GET' }],
  ['health', { info: { isResourceRequest: false, path: '/readyz/ping' } }, { ...nothing, subresource: '/readyz' }],
  ['a dry run', { info: {}, query: 'dryRun=All' }, { dry_run: 'All' }],
  ['a dry run of another sort', { info: {}, query: 'dryRun=x1' }, { dry_run: 'invalid' }],
  ['a part of the system', { info: {}, user: 'system:kube-scheduler' }, { system_client: 'kube-scheduler' }],
  ['somebody who is none', { info: {}, user: 'system:x1' }, { system_client: '' }],
] as const) {
  test(`metrics name ${why}`, () => assert.partialDeepStrictEqual(labelsOf(asked), want))
}
