import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf, isConditionTrue, withCondition, withoutCondition } from './conditions.ts'

const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }

test('the time of transition moves only with the status', () => {
  const later = '2026-01-02T00:00:00Z'
  assert.deepEqual(withCondition([ready], { ...ready, lastTransitionTime: later }), [ready])
  assert.deepEqual(withCondition([ready], { ...ready, status: 'False', lastTransitionTime: later }), [
    { type: 'Ready', status: 'False', lastTransitionTime: later },
  ])
})

test('there is one condition for each type', () => {
  assert.equal(withCondition(undefined, ready).length, 1)
  assert.equal(conditionOf([ready], 'Other'), undefined)
  assert.equal(isConditionTrue([ready], 'Ready'), true)
  assert.deepEqual(withoutCondition([ready], 'Ready'), [])
})
