import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusals } from '#testing/refusals'
import { CSIDriver } from './csi-driver.kind.ts'
import { CSIStorageCapacity } from './csi-storage-capacity.kind.ts'
import { StorageClass } from './storage-class.kind.ts'
import { VolumeAttachment } from './volume-attachment.kind.ts'

const inline = (inlineVolumeSpec: object) => ({ spec: { attacher: 'a.example', nodeName: 'n', source: { inlineVolumeSpec } } })
const csi = { driver: 'a.example', volumeHandle: 'h' }
const topologies = (...allowedTopologies: readonly object[]) => ({ provisioner: 'p', allowedTopologies })
const of = (...values: readonly string[]) => ({ matchLabelExpressions: [{ key: 'zone', values }] })

for (const [why, kind, object, want] of [
  [
    'tokens for the same twice',
    CSIDriver,
    { spec: { tokenRequests: [{ audience: 'a' }, { audience: 'a', expirationSeconds: 1 }] } },
    ['spec.tokenRequests[1].audience: Duplicate value: "a"'],
  ],
  [
    'short tokens',
    CSIDriver,
    { spec: { tokenRequests: [{ audience: 'a', expirationSeconds: 599 }] } },
    ['spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes'],
  ],
  [
    'tokens that nobody asks for',
    CSIDriver,
    { spec: { serviceAccountTokenInSecrets: true } },
    ['spec.serviceAccountTokenInSecrets: Invalid value: true: serviceAccountTokenInSecrets is set but no tokenRequests are specified'],
  ],
  [
    'less than nothing',
    CSIStorageCapacity,
    { storageClassName: 's', capacity: '-1' },
    ['capacity: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  [
    'the same zones twice',
    StorageClass,
    topologies(of('a', 'b'), of('b', 'a')),
    ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""'],
  ],
  ['no zone', StorageClass, topologies({}), ['allowedTopologies[0].matchLabelExpressions: Duplicate value: ""']],
  [
    'no volume',
    VolumeAttachment,
    { spec: { attacher: 'a.example', nodeName: 'n', source: {} } },
    ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
  ],
  ['a volume of its own', VolumeAttachment, inline({ accessModes: ['ReadWriteOnce'], csi }), []],
  [
    'a volume of its own that is bound',
    VolumeAttachment,
    inline({ accessModes: ['ReadWriteOnce'], csi, claimRef: {} }),
    ['spec.source.inlineVolumeSpec.claimRef: Forbidden: may not be specified in the context of inline volumes'],
  ],
] as const) {
  test(`a ${kind.kind} with ${why} gets ${want.length} errors`, () => assert.deepEqual(refusals(kind, object), want))
}

test('labels that have another name by now are warned of', () => {
  const key = 'failure-domain.beta.kubernetes.io/zone'
  const meta = { metadata: { name: 'x' } }
  const storageClass = {
    ...meta,
    apiVersion: StorageClass.apiVersion,
    kind: 'StorageClass',
    provisioner: 'p',
    allowedTopologies: [{ matchLabelExpressions: [{ key, values: ['a'] }] }],
  }
  const capacity = {
    ...meta,
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIStorageCapacity',
    storageClassName: 's',
    nodeTopology: { matchLabels: { [key]: 'a' } },
  }
  const note = 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'
  assert.deepEqual(StorageClass.warnings?.(storageClass as unknown as StorageClass, undefined), [
    `allowedTopologies[0].matchLabelExpressions[0].key: ${note}`,
  ])
  assert.deepEqual(CSIStorageCapacity.warnings?.(capacity as unknown as CSIStorageCapacity, undefined), [
    `nodeTopology.matchLabels.${key}: ${note}`,
  ])
})
