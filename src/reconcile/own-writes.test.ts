import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiRequest, Transport } from '#client/transport'
import { RecordingTransport } from './own-writes.ts'

function answering(body: unknown): Transport {
  const none = async () => (async function* () {})()
  return { request: async () => ({ status: 200, headers: {}, body }), watch: none, stream: none }
}

const pods = '/api/v1/namespaces/default/pods'
const deleted = { kind: 'Status', status: 'Success', details: { name: 'a', kind: 'pods', uid: 'u' } }
const lingering = {
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'default', uid: 'u', resourceVersion: '8', deletionTimestamp: '2026-01-01T00:00:00Z' },
}

for (const [why, request, body, want] of [
  [
    'a create is known by the name that the server gave',
    { method: 'POST', path: pods },
    { kind: 'Pod', metadata: { name: 'a-x', resourceVersion: '7' } },
    { type: 'written', resource: 'v1 pods', key: 'default/a-x', version: '7' },
  ],
  [
    'a delete that is done',
    { method: 'DELETE', path: `${pods}/a` },
    deleted,
    { type: 'deleted', resource: 'v1 pods', key: 'default/a', uid: 'u' },
  ],
  [
    'a delete that lingers',
    { method: 'DELETE', path: `${pods}/a` },
    lingering,
    { type: 'written', resource: 'v1 pods', key: 'default/a', version: '8' },
  ],
  [
    'a write to a subresource is a write to the object',
    { method: 'PUT', path: '/apis/apps/v1/namespaces/x/replicasets/web/status' },
    { kind: 'ReplicaSet', metadata: { name: 'web', resourceVersion: '9' } },
    { type: 'written', resource: 'apps/v1 replicasets', key: 'x/web', version: '9' },
  ],
  [
    'a namespace is cluster-scoped',
    { method: 'PUT', path: '/api/v1/namespaces/x/finalize' },
    { kind: 'Namespace', metadata: { name: 'x', resourceVersion: '9' } },
    { type: 'written', resource: 'v1 namespaces', key: 'x', version: '9' },
  ],
  ['a binding leaves no trace', { method: 'POST', path: `${pods}/a/binding` }, { kind: 'Status', status: 'Success' }, undefined],
  [
    'a dry run leaves no trace',
    { method: 'POST', path: pods, query: { dryRun: 'All' } },
    { kind: 'Pod', metadata: { name: 'a', resourceVersion: '7' } },
    undefined,
  ],
  [
    'a read leaves no trace',
    { method: 'GET', path: `${pods}/a` },
    { kind: 'Pod', metadata: { name: 'a', resourceVersion: '7' } },
    undefined,
  ],
] as const satisfies readonly (readonly [string, ApiRequest, unknown, unknown])[]) {
  test(`own writes: ${why}`, async () => {
    const transport = new RecordingTransport(answering(body))
    await transport.request(request)
    assert.deepEqual(transport.writes[0], want)
  })
}
