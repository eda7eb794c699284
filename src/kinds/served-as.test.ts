import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { decode } from '#meta/schema/decode'
import { wireForm } from '#meta/schema/encode'
import { optionalKinds } from './optional-kinds.ts'

function kindOf(apiVersion: string, name: string): Kind {
  const found = optionalKinds.find(({ kind }) => kind.apiVersion === apiVersion && kind.kind === name)
  assert.ok(found, `${apiVersion} ${name}`)
  return found.kind
}

const metadata = { name: 'x' }

/** Each object in the version of a client, and the spec that is stored of it. */
for (const [why, apiVersion, name, spec, stored] of [
  [
    'an exact request stands under its own name',
    'resource.k8s.io/v1beta1',
    'ResourceClaim',
    { devices: { requests: [{ name: 'r', deviceClassName: 'c', count: 2 }] } },
    { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c', count: 2 } }] } },
  ],
  [
    'a request with alternatives has no class of its own',
    'resource.k8s.io/v1beta1',
    'ResourceClaim',
    { devices: { requests: [{ name: 'r', deviceClassName: '', firstAvailable: [{ name: 's', deviceClassName: 'c' }] }] } },
    { devices: { requests: [{ name: 'r', firstAvailable: [{ name: 's', deviceClassName: 'c' }] }] } },
  ],
  [
    'the facts of a device stand beside its name',
    'resource.k8s.io/v1beta1',
    'ResourceSlice',
    { driver: 'd', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'd', basic: { allNodes: true } }] },
    { driver: 'd', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'd', allNodes: true }] },
  ],
  ['nothing but the version differs', 'networking.k8s.io/v1beta1', 'ServiceCIDR', { cidrs: ['10.0.0.0/24'] }, { cidrs: ['10.0.0.0/24'] }],
] as const) {
  test(`${apiVersion} ${name}: ${why}`, () => {
    const kind = kindOf(apiVersion, name)
    const { storedAs } = kind
    assert.ok(storedAs)
    const shown = wireForm(kind.schema, decode<KubeObject>(kind.schema, { apiVersion, kind: name, metadata, spec }))
    const kept = storedAs.toStored(decode<KubeObject>(kind.schema, shown))
    const want = { apiVersion: storedAs.kind.apiVersion, kind: name, metadata, spec: stored }
    assert.deepEqual(wireForm(storedAs.kind.schema, kept), wireForm(storedAs.kind.schema, decode(storedAs.kind.schema, want)))
    assert.deepEqual(wireForm(kind.schema, storedAs.fromStored(kept)), shown)
  })
}

const facts = { nowMs: 0, subresource: '' }

for (const [apiVersion, name, old, next, want] of [
  [
    'coordination.k8s.io/v1alpha2',
    'LeaseCandidate',
    { leaseName: 'a', binaryVersion: '1.0.0', strategy: 'x/y' },
    { leaseName: 'b', binaryVersion: '1.0.0', strategy: 'x/y' },
    ['spec.leaseName: Invalid value: "b": field is immutable'],
  ],
  [
    'scheduling.k8s.io/v1alpha2',
    'PodGroup',
    { schedulingPolicy: { gang: { minCount: 1 } } },
    { schedulingPolicy: { gang: { minCount: 2 } } },
    ['spec.schedulingPolicy: Invalid value: null: field is immutable'],
  ],
  [
    'storagemigration.k8s.io/v1beta1',
    'StorageVersionMigration',
    { resource: { group: 'a', resource: 'b' } },
    { resource: { group: 'a', resource: 'c' } },
    ['spec: Invalid value: {"Resource":{"group":"a","resource":"c"}}: field is immutable'],
  ],
  [
    'certificates.k8s.io/v1alpha1',
    'ClusterTrustBundle',
    { trustBundle: 'a' },
    { trustBundle: 'a', signerName: 'a.b/c' },
    ['spec.signerName: Invalid value: "a.b/c": field is immutable'],
  ],
] as const) {
  test(`a change of ${apiVersion} ${name} is refused`, () => {
    const kind = kindOf(apiVersion, name)
    const [from, to] = [old, next].map((spec) => decode<KubeObject>(kind.schema, { apiVersion, kind: name, metadata, spec }))
    assert.ok(from && to)
    const errors = [...(kind.update.validate?.(to, from, facts) ?? [])]
    assert.deepEqual(
      errors.map(({ path, message }) => `${path}: ${message}`),
      want,
    )
  })
}
