import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FieldErrors, FieldPath } from '#meta/field-path'
import { validateClaimSpec, validateClaimUpdate } from './claim-validation.ts'
import { validateLimitRange } from './limit-range-validation.ts'
import { validateResourceQuota } from './resource-quota-validation.ts'
import type { LimitRange, LimitRangeItem, PersistentVolumeClaim, PersistentVolumeClaimSpec, ResourceQuota } from './types.gen.ts'

const linesOf = (errors: FieldErrors) => [...errors].map(({ path, message }) => `${path}: ${message}`)

for (const [why, items, want] of [
  ['bounds that fit', [{ type: 'Container', min: { cpu: '1' }, max: { cpu: '2' } }], []],
  [
    'the least is not more than the most',
    [{ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }],
    ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
  ],
  [
    'pods have no defaults',
    [{ type: 'Pod', default: { cpu: '1' } }],
    ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
  ],
  [
    'a type comes once',
    [
      { type: 'Pod', max: { cpu: '1' } },
      { type: 'Pod', max: { cpu: '1' } },
    ],
    ['spec.limits[1].type: Duplicate value: "Pod"'],
  ],
  [
    'claims are bounded in storage',
    [{ type: 'PersistentVolumeClaim', max: { 'example.com/x': '1' } }],
    ['spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided'],
  ],
] as const satisfies readonly (readonly [string, readonly LimitRangeItem[], readonly string[]])[]) {
  test(`validateLimitRange: ${why}`, () => {
    const range: LimitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits: items } }
    assert.deepEqual(linesOf(validateLimitRange(range)), want)
  })
}

test('a quota is about what can be counted, in scopes that go together', () => {
  const quotaOf = (spec: ResourceQuota['spec']): ResourceQuota => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q' },
    spec,
    status: {},
  })
  assert.deepEqual(linesOf(validateResourceQuota(quotaOf({ hard: { pods: '3', 'count/jobs.batch': '1', 'requests.cpu': '500m' } }))), [])
  assert.deepEqual(linesOf(validateResourceQuota(quotaOf({ hard: { pods: '500m' }, scopes: ['BestEffort', 'NotBestEffort'] }))), [
    'spec.hard[pods]: Invalid value: "500m": must be an integer',
    'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
  ])
})

const claim: PersistentVolumeClaimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } }

for (const [why, change, want] of [
  ['nothing is wrong', {}, []],
  [
    'there is a size',
    { resources: { requests: { storage: '0' } } },
    ['spec.resources[storage]: Invalid value: "0": must be greater than zero'],
  ],
  [
    'one pod means one mode',
    { accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] },
    ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
  ],
] as const) {
  test(`validateClaimSpec: ${why}`, () => assert.deepEqual(linesOf(validateClaimSpec({ ...claim, ...change }, FieldPath.of('spec'))), want))
}

test('a claim grows once it is bound, and does not shrink below what it has', () => {
  const claimOf = (storage: string, phase: string): PersistentVolumeClaim => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: { ...claim, resources: { requests: { storage } } },
    status: { phase, capacity: { storage: '2Gi' } },
  })
  const change = (size: string, phase: string) => linesOf(validateClaimUpdate(claimOf(size, phase), claimOf('2Gi', phase))).length
  assert.deepEqual([change('3Gi', 'Bound'), change('3Gi', 'Pending'), change('1Gi', 'Bound')], [0, 1, 1])
})
