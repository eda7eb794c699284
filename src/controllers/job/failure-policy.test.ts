import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PodFailurePolicyRule } from '#kinds/batch/types.gen'
import { testJobPod } from '#testing/job-objects'
import { failureActionOf } from './failure-policy.ts'

const onCode = (operator: string, values: readonly number[], containerName?: string): PodFailurePolicyRule => ({
  action: 'FailJob',
  onExitCodes: { operator, values, ...(containerName === undefined ? {} : { containerName }) },
})
const onCondition: PodFailurePolicyRule = { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }
const disrupted = { type: 'DisruptionTarget', status: 'True' }

for (const [why, rules, traits, want] of [
  [
    'a listed code',
    [onCode('In', [3])],
    { exitCode: 3 },
    'Container main for pod a/p failed with exit code 3 matching FailJob rule at index 0',
  ],
  ['another code', [onCode('In', [3])], { exitCode: 4 }, undefined],
  [
    'all but a listed code',
    [onCode('NotIn', [3])],
    { exitCode: 4 },
    'Container main for pod a/p failed with exit code 4 matching FailJob rule at index 0',
  ],
  ['success is no failure', [onCode('NotIn', [3])], { exitCode: 0 }, undefined],
  ['another container', [onCode('In', [3], 'side')], { exitCode: 3 }, undefined],
  [
    'the first rule that matches',
    [onCode('In', [9]), onCondition, onCode('In', [3])],
    { exitCode: 3, conditions: [disrupted] },
    'Pod a/p has condition DisruptionTarget matching Ignore rule at index 1',
  ],
  ['a condition that does not hold', [onCondition], { conditions: [{ ...disrupted, status: 'False' }] }, undefined],
] as const) {
  test(`pod failure policy: ${why}`, () => {
    assert.equal(failureActionOf({ rules }, testJobPod('p', { phase: 'Failed', ...traits }))?.message, want)
  })
}
