import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestInfoOf } from './parse-request-info.ts'

for (const [request, verb, group, namespace, resource, subresource, name] of [
  ['GET /api/v1/pods', 'list', '', '', 'pods', '', ''],
  ['GET /api/v1/namespaces/a/pods?watch=1', 'watch', '', 'a', 'pods', '', ''],
  ['GET /api/v1/namespaces/a/pods?watch=True', 'watch', '', 'a', 'pods', '', ''],
  ['GET /api/v1/namespaces/a/pods?watch', 'watch', '', 'a', 'pods', '', ''],
  ['GET /api/v1/namespaces/a/pods?watch=False', 'list', '', 'a', 'pods', '', ''],
  ['GET /api/v1/namespaces/a/pods?watch=false', 'list', '', 'a', 'pods', '', ''],
  ['GET /api/v1/watch/namespaces/a/pods', 'watch', '', 'a', 'pods', '', ''],
  ['GET /api/v1/namespaces/a/pods/p/log', 'get', '', 'a', 'pods', 'log', 'p'],
  ['POST /api/v1/namespaces/a/pods/p/exec', 'create', '', 'a', 'pods', 'exec', 'p'],
  ['GET /api/v1/namespaces/a', 'get', '', 'a', 'namespaces', '', 'a'],
  ['PUT /api/v1/namespaces/a/finalize', 'update', '', 'a', 'namespaces', 'finalize', 'a'],
  ['DELETE /apis/apps/v1/namespaces/a/deployments', 'deletecollection', 'apps', 'a', 'deployments', '', ''],
  ['PATCH /apis/apps/v1/namespaces/a/deployments/d/status', 'patch', 'apps', 'a', 'deployments', 'status', 'd'],
  ['GET /api/v1/nodes?fieldSelector=metadata.name%3Dn1', 'list', '', '', 'nodes', '', 'n1'],
  ['GET /api/v1/nodes?fieldSelector=metadata.name!%3Dn1', 'list', '', '', 'nodes', '', ''],
  ['GET /api/v1/namespaces/a/configmaps/x%2Fy', 'get', '', 'a', 'configmaps', 'y', 'x'],
] as const) {
  test(`requestInfoOf: ${request}`, () => {
    const info = infoOf(request)
    assert.deepEqual(
      [info.verb, info.group, info.namespace, info.resource, info.subresource, info.name],
      [verb, group, namespace, resource, subresource, name],
    )
  })
}

for (const path of ['/', '/api', '/api/v1', '/apis', '/apis/apps', '/apis/apps/v1', '/healthz/ping', '/version']) {
  test(`requestInfoOf: ${path} is no resource`, () => {
    const info = infoOf(`GET ${path}`)
    assert.equal(info.isResourceRequest, false)
    assert.equal(info.verb, 'get')
  })
}

test('requestInfoOf keeps the path behind a proxy', () => {
  assert.deepEqual(infoOf('GET /api/v1/nodes/n/proxy/a/b').rest, ['a', 'b'])
})

function infoOf(request: string) {
  const [method = '', target = ''] = request.split(' ')
  const [path = '', query = ''] = target.split('?')
  return requestInfoOf(method, path, new URLSearchParams(query))
}
