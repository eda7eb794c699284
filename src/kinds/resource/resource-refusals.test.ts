import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusals } from '#testing/refusals'
import { DeviceClass } from './device-class.kind.ts'
import { ResourceClaim } from './resource-claim.kind.ts'
import { ResourceClaimTemplate } from './resource-claim-template.kind.ts'
import { ResourceSlice } from './resource-slice.kind.ts'

const exactly = { deviceClassName: 'x' }
const claimOf = (devices: object) => ({ spec: { devices: { requests: [{ name: 'a', exactly }], ...devices } } })
const sliceOf = (spec: object) => ({ spec: { driver: 'd.example', pool: { name: 'p', resourceSliceCount: 1 }, nodeName: 'n', ...spec } })
const deviceOf = (device: object) => sliceOf({ devices: [{ name: 'a', ...device }] })
const wrongName = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

for (const [why, kind, object, want] of [
  [
    'too many requests',
    ResourceClaim,
    claimOf({ requests: Array.from({ length: 33 }, (_, index) => ({ name: `r${index}`, exactly })) }),
    ['spec.devices.requests: Too many: 33: must have at most 32 items'],
  ],
  [
    'a selector without an expression',
    ResourceClaim,
    claimOf({ requests: [{ name: 'a', exactly: { ...exactly, selectors: [{}] } }] }),
    ['spec.devices.requests[0].exactly.selectors[0].cel: Required value'],
  ],
  [
    'a constraint on nothing',
    ResourceClaim,
    claimOf({ constraints: [{}] }),
    [
      'spec.devices.constraints[0]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
    ],
  ],
  [
    'a constraint on an unknown request',
    ResourceClaim,
    claimOf({ constraints: [{ matchAttribute: 'd.example/x', requests: ['b', 'a', 'a'] }] }),
    [
      `spec.devices.constraints[0].requests[0]: Invalid value: "b": ${wrongName}`,
      'spec.devices.constraints[0].requests[2]: Duplicate value: "a"',
    ],
  ],
  [
    'settings for no driver',
    ResourceClaim,
    claimOf({ config: [{ opaque: {} }] }),
    ['spec.devices.config[0].opaque.driver: Required value', 'spec.devices.config[0].opaque.parameters: Required value'],
  ],
  [
    'a name',
    ResourceClaimTemplate,
    { spec: { metadata: { name: 'x', uid: 'y' }, spec: {} } },
    ['spec.metadata.name: Forbidden: cannot be set', 'spec.metadata.uID: Forbidden: cannot be set'],
  ],
  [
    'a name without a domain',
    DeviceClass,
    { spec: { extendedResourceName: 'gpu' } },
    ['spec.extendedResourceName: Invalid value: "gpu": must be a valid extended resource name'],
  ],
  [
    'nowhere to be',
    ResourceSlice,
    sliceOf({ nodeName: undefined }),
    ['spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'],
  ],
  [
    'two places',
    ResourceSlice,
    sliceOf({ allNodes: true }),
    [
      'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
    ],
  ],
  [
    'an attribute of no value',
    ResourceSlice,
    deviceOf({ attributes: { x: {} } }),
    ['spec.devices[0].attributes[x]: Invalid value: "": exactly one value must be specified'],
  ],
  [
    'a loose version',
    ResourceSlice,
    deviceOf({ attributes: { x: { version: '1.2' } } }),
    ['spec.devices[0].attributes[x].version: Invalid value: "1.2": must be a string compatible with semver.org spec 2.0.0'],
  ],
  ['a taint without effect', ResourceSlice, deviceOf({ taints: [{ key: 'a' }] }), ['spec.devices[0].taints[0].effect: Required value']],
  [
    'counters and devices',
    ResourceSlice,
    sliceOf({ devices: [{ name: 'a' }], sharedCounters: [{ name: 'c', counters: { x: { value: '1' } } }] }),
    ['spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed'],
  ],
] as const) {
  test(`a ${kind.kind} with ${why} gets ${want.length} errors`, () => assert.deepEqual(refusals(kind, object), want))
}

const allocation = { devices: { results: [{ request: 'a', driver: 'd.example', pool: 'p', device: 'dev' }] } }
const claim = (status: object) =>
  ({ apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name: 'c' }, ...claimOf({}), status }) as unknown as ResourceClaim
const facts = { nowMs: 0, subresource: 'status' }

for (const [why, next, old, want] of [
  ['an allocation', { allocation }, {}, []],
  [
    'another one',
    { allocation: { devices: {} } },
    { allocation },
    [
      'status.allocation: Invalid value: {"Devices":{"Results":null,"Config":null},"NodeSelector":null,"AllocationTimestamp":null}: field is immutable',
    ],
  ],
  [
    'a pod for what is not allocated',
    { reservedFor: [{ resource: 'pods', name: 'p', uid: '1' }] },
    {},
    ['status.reservedFor: Forbidden: may not be specified when `allocated` is not set'],
  ],
  [
    'a device of another claim',
    { allocation, devices: [{ driver: 'd.example', pool: 'p', device: 'x' }] },
    { allocation },
    [
      'status.devices[0]: Invalid value: {"Driver":"d.example","Pool":"p","Device":"x","ShareID":""}: must be an allocated device in the claim',
    ],
  ],
] as const) {
  test(`the status of a claim with ${why} gets ${want.length} errors`, () => {
    const errors = [...(ResourceClaim.status?.validate?.(claim(next), claim(old), facts) ?? [])]
    assert.deepEqual(
      errors.map(({ path, message }) => `${path}: ${message}`),
      want,
    )
  })
}

test('what is said of a device goes with its allocation', () => {
  const devices = [{ driver: 'd.example', pool: 'p', device: 'dev' }]
  const next = ResourceClaim.status?.prepare?.(claim({ devices }), claim({ allocation, devices }), facts)
  assert.equal(next?.status.devices, undefined)
})

test('devices of others are for claims in a namespace of administrators', () => {
  const wanted = { ...claim({}), spec: { devices: { requests: [{ name: 'a', exactly: { ...exactly, adminAccess: true } }] } } }
  for (const [label, count] of [
    ['true', 0],
    ['false', 1],
  ] as const) {
    const namespaceLabels = () => ({ 'resource.kubernetes.io/admin-access': label })
    assert.equal([...(ResourceClaim.validateCreate?.(wanted, { ...facts, namespaceLabels }) ?? [])].length, count)
  }
})
