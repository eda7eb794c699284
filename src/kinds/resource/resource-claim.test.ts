import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ResourceClaim } from './resource-claim.kind.ts'
import type { DeviceRequest } from './types.gen.ts'

const facts = { nowMs: 0, subresource: '' }

function claimOf(...requests: readonly DeviceRequest[]): ResourceClaim {
  const claim: ResourceClaim = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'c', namespace: 'n' },
    spec: { devices: { requests } },
    status: {},
  }
  return ResourceClaim.defaults?.(claim) ?? claim
}

test('a claim is for one device unless it says otherwise', () => {
  const exactly = { deviceClassName: 'gpu.example.com' }
  assert.deepEqual(claimOf({ name: 'gpu', exactly }).spec.devices?.requests, [
    { name: 'gpu', exactly: { ...exactly, allocationMode: 'ExactCount', count: 1 } },
  ])
})

for (const [why, requests, path] of [
  ['one device', [{ name: 'a', exactly: { deviceClassName: 'x' } }], undefined],
  ['no class', [{ name: 'a', exactly: { deviceClassName: '' } }], 'spec.devices.requests[0].exactly.deviceClassName'],
  ['no devices', [{ name: 'a', exactly: { deviceClassName: 'x', count: 0 } }], 'spec.devices.requests[0].exactly.count'],
  ['nothing', [{ name: 'a' }], 'spec.devices.requests[0]'],
  ['a bad name', [{ name: 'A', exactly: { deviceClassName: 'x' } }], 'spec.devices.requests[0].name'],
  [
    'all of so many',
    [{ name: 'a', exactly: { deviceClassName: 'x', allocationMode: 'All', count: 2 } }],
    'spec.devices.requests[0].exactly.count',
  ],
] as const satisfies readonly (readonly [string, readonly DeviceRequest[], string | undefined])[]) {
  test(`a claim of ${why} is ${path === undefined ? 'taken' : 'refused'}`, () => {
    assert.equal([...(ResourceClaim.validate?.(claimOf(...requests), facts) ?? [])][0]?.path, path)
  })
}

test('a claim never changes what it asks for', () => {
  const old = claimOf({ name: 'a', exactly: { deviceClassName: 'x' } })
  const next = claimOf({ name: 'a', exactly: { deviceClassName: 'y' } })
  assert.deepEqual(
    [...(ResourceClaim.update.validate?.(next, old, facts) ?? [])].map(({ path }) => path),
    ['spec'],
  )
})
