import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testJob, testJobPod } from '#testing/job-objects'
import { completionIndexOf, finishedAtMs, hasFailed, indexedJobPod, jobPod } from './job-pod.ts'

const reference = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'ju', controller: true }

test('a pod of a job is kept until it is counted', () => {
  const { metadata } = jobPod(testJob(), reference)
  assert.deepEqual([metadata.generateName, metadata.finalizers], ['j-', ['batch.kubernetes.io/job-tracking']])
})

test('a pod of an indexed job knows its index, by label, annotation, variable and name', () => {
  const pod = indexedJobPod(testJob({ completionMode: 'Indexed' }), reference, 3, undefined)
  const key = 'batch.kubernetes.io/job-completion-index'
  assert.deepEqual([pod.metadata.generateName, pod.spec.hostname], ['j-3-', 'j-3'])
  assert.deepEqual([pod.metadata.labels, pod.metadata.annotations], [{ [key]: '3' }, { [key]: '3' }])
  assert.deepEqual(pod.spec.containers[0]?.env, [
    { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${key}']` } } },
  ])
  assert.equal(completionIndexOf(pod, 4), 3)
  assert.equal(completionIndexOf(pod, 3), undefined)
})

test('the successor of a failed index goes on counting', () => {
  const job = testJob({ completionMode: 'Indexed', backoffLimitPerIndex: 3 })
  const failed = testJobPod('f', { phase: 'Failed', index: 0, failures: 1 })
  const { metadata } = indexedJobPod(job, reference, 0, failed)
  assert.equal(metadata.annotations?.['batch.kubernetes.io/job-index-failure-count'], '2')
})

for (const [why, policy, traits, want] of [
  ['it failed', 'TerminatingOrFailed', { phase: 'Failed' }, true],
  ['it is told to go', 'TerminatingOrFailed', { isLeaving: true }, true],
  ['it is told to go, but may still succeed', 'Failed', { isLeaving: true }, false],
  ['it succeeded before it could go', 'TerminatingOrFailed', { phase: 'Succeeded', isLeaving: true }, false],
] as const) {
  test(`a pod counts as failed: ${why}: ${want}`, () => {
    assert.equal(hasFailed(testJobPod('p', traits), testJob({ podReplacementPolicy: policy })), want)
  })
}

for (const [why, traits, want] of [
  ['when its container ended', { exitCode: 1, finishedAt: '2026-01-01T00:05:00Z' }, '2026-01-01T00:05:00Z'],
  [
    'else when it was not ready any more',
    { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:04:00Z' }] },
    '2026-01-01T00:04:00Z',
  ],
  ['else when it was told to go', { isLeaving: true }, '2026-01-01T00:00:30Z'],
  ['else when it was made', {}, '2026-01-01T00:00:00Z'],
] as const) {
  test(`a pod finished ${why}`, () => assert.equal(finishedAtMs(testJobPod('p', traits)), Date.parse(want)))
}
