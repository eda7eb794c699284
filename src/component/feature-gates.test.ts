import assert from 'node:assert/strict'
import { test } from 'node:test'
import { featureGates } from './feature-gates.ts'
import type { Gate } from './upstream-gates.ts'

const known = new Map<string, Gate>([
  ['Young', { stage: 'ALPHA', isOn: false }],
  ['Grown', { stage: 'BETA', isOn: true }],
  ['Old', { stage: 'GA', isOn: true }],
])

test('feature gates: defaults, single changes and whole stages', () => {
  assert.equal(featureGates({}, known).isEnabled('Grown'), true)
  assert.equal(featureGates({ Young: 'true' }, known).isEnabled('Young'), true)
  assert.equal(featureGates({ AllAlpha: 'true' }, known).isEnabled('Young'), true)
  assert.equal(featureGates({ AllAlpha: 'true', Young: 'false' }, known).isEnabled('Young'), false)
})

test('feature gates: unknown, locked and unreadable ones are refused', () => {
  assert.throws(() => featureGates({ Nope: 'true' }, known), /unrecognized feature gate: Nope/)
  assert.throws(() => featureGates({ Old: 'false' }, known), /cannot set feature gate Old to false, feature is locked to true/)
  assert.throws(() => featureGates({ Young: 'maybe' }, known), /invalid syntax/)
})
