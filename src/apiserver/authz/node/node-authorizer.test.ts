import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ObjectState } from '#testing/object-state'
import { componentRoles } from '../../bootstrap/component-roles.ts'
import { requirementsOf } from '../question.ts'
import { nodeAuthorizer } from './node-authorizer.ts'
import { NodeGraph } from './node-graph.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'a' },
  spec: {
    nodeName: 'n1',
    serviceAccountName: 'bot',
    imagePullSecrets: [{ name: 'pull' }],
    containers: [
      {
        name: 'c',
        image: 'i',
        envFrom: [{ configMapRef: { name: 'env' } }],
        env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 'key', key: 'k' } } }],
      },
    ],
    volumes: [
      { name: 'v', projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }, { serviceAccountToken: { path: 'token' } }] } },
      { name: 'w', persistentVolumeClaim: { claimName: 'data' } },
    ],
  },
}

const volume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'pv' },
  spec: { claimRef: { namespace: 'a', name: 'data' }, csi: { driver: 'd', nodeStageSecretRef: { namespace: 'csi', name: 'stage' } } },
}
const attachment = { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: { name: 'va' }, spec: { nodeName: 'n1' } }

const slices = { group: 'resource.k8s.io', resource: 'resourceslices', namespace: '', name: '' }
const slice = (name: string, nodeName: string) => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceSlice',
  metadata: { name },
  spec: { nodeName },
})
const none = `no relationship found between node 'n1' and this object`

for (const [what, verb, resource, want] of [
  ['a config map that its pod mounts', 'get', { resource: 'configmaps', name: 'kube-root-ca.crt' }, 'allow'],
  ['to watch a config map of its pod', 'watch', { resource: 'configmaps', name: 'env' }, 'allow'],
  ['a secret of its pod', 'get', { resource: 'secrets', name: 'key' }, 'allow'],
  ['an image pull secret', 'get', { resource: 'secrets', name: 'pull' }, 'allow'],
  ['a secret that nobody here needs', 'get', { resource: 'secrets', name: 'other' }, none],
  ['the same secret name elsewhere', 'get', { resource: 'secrets', name: 'key', namespace: 'b' }, none],
  ['all secrets', 'list', { resource: 'secrets' }, 'No Object name found'],
  ['to write a secret', 'update', { resource: 'secrets', name: 'key' }, 'can only read resources of this type'],
  ['a claim of its pod', 'get', { resource: 'persistentvolumeclaims', name: 'data' }, 'allow'],
  ['the volume of that claim', 'get', { resource: 'persistentvolumes', namespace: '', name: 'pv' }, 'allow'],
  ['a secret of that volume', 'get', { resource: 'secrets', namespace: 'csi', name: 'stage' }, 'allow'],
  ['another volume', 'get', { resource: 'persistentvolumes', namespace: '', name: 'other' }, none],
  ['an attachment to it', 'get', { group: 'storage.k8s.io', resource: 'volumeattachments', namespace: '', name: 'va' }, 'allow'],
  ['a token for an account of its pod', 'create', { resource: 'serviceaccounts', subresource: 'token', name: 'bot' }, 'allow'],
  ['a token for another account', 'create', { resource: 'serviceaccounts', subresource: 'token', name: 'root' }, none],
  ['its own node', 'get', { resource: 'nodes', namespace: '', name: 'n1' }, 'allow'],
  ['another node', 'get', { resource: 'nodes', namespace: '', name: 'n2' }, `node 'n1' cannot read 'n2', only its own Node object`],
  ['to delete its node', 'delete', { resource: 'nodes', namespace: '', name: 'n1' }, ''],
  ['its own lease', 'update', { group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease', name: 'n1' }, 'allow'],
  [
    'the lease of another node',
    'update',
    { group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease', name: 'n2' },
    'can only access node lease with the same name as the requesting node',
  ],
  ['its own pods', 'list', { resource: 'pods', namespace: '', fieldSelector: requirementsOf('spec.nodeName=n1') }, 'allow'],
  ['all pods', 'list', { resource: 'pods', namespace: '' }, 'can only list/watch pods with spec.nodeName field selector'],
  ['a watch of one of its pods', 'watch', { resource: 'pods', name: 'p' }, 'allow'],
  ['a watch of another pod', 'watch', { resource: 'pods', name: 'q' }, none],
  [
    'the status of its claim',
    'get',
    { resource: 'persistentvolumeclaims', subresource: 'status', name: 'data' },
    'can only get/update/patch this type',
  ],
  ['to write the status of its claim', 'patch', { resource: 'persistentvolumeclaims', subresource: 'status', name: 'data' }, 'allow'],
  ['its slice', 'update', { ...slices, name: 'own' }, 'allow'],
  ['a new slice', 'create', slices, 'allow'],
  ['another slice', 'get', { ...slices, name: 'other' }, none],
  ['its slices', 'deletecollection', { ...slices, fieldSelector: requirementsOf('spec.nodeName=n1') }, 'allow'],
  ['all slices', 'list', slices, 'can only list/watch/deletecollection resourceslices with nodeName field selector'],
  ['services', 'list', { resource: 'services', namespace: '' }, 'allow'],
  ['deployments', 'list', { group: 'apps', resource: 'deployments', namespace: '' }, ''],
] as const) {
  test(`a node and ${what}: ${want === '' ? 'no opinion' : want}`, async () => {
    const graph = new NodeGraph()
    using _ = graph.follow(new ObjectState([pod, volume, attachment, slice('own', 'n1'), slice('other', 'n2')]))
    const user = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] }
    const authorizer = nodeAuthorizer({ graph, rules: componentRoles['system:node'] ?? [] })
    const asked = { group: '', version: 'v1', subresource: '', namespace: 'a', name: '', ...resource }
    const { verdict, reason } = await authorizer.decide({ user, verb, resource: asked })
    assert.equal(verdict === 'allow' ? 'allow' : reason, want)
  })
}

test('what a pod needed is closed again when the pod is gone, and mirror pods open nothing', () => {
  const objects = new ObjectState([pod])
  const graph = new NodeGraph()
  using _ = graph.follow(objects)
  objects.remove(pod)
  assert.equal(graph.isNeeded('n1', 'secrets', 'a', 'key'), false)
  objects.put({ ...pod, metadata: { ...pod.metadata, annotations: { 'kubernetes.io/config.mirror': 'x' } } })
  assert.equal(graph.isNeeded('n1', 'secrets', 'a', 'key'), false)
  assert.equal(graph.isNeeded('n1', 'pods', 'a', 'p'), true)
})
