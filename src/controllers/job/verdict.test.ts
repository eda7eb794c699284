import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job } from '#kinds/batch/job.kind'
import { type JobPodTraits, testJob, testJobPod } from '#testing/job-objects'
import { noBackoff } from './backoff.ts'
import { observeJob } from './observe.ts'
import { completionVerdict, deadlineRemainingMs, verdictOf } from './verdict.ts'

const nowMs = Date.parse('2026-01-01T00:10:00Z')
const startTime = '2026-01-01T00:00:00Z'
const indexed: Partial<Job['spec']> = { completionMode: 'Indexed', completions: 4, parallelism: 4 }
const perIndex: Partial<Job['spec']> = { ...indexed, backoffLimitPerIndex: 0, backoffLimit: 2_147_483_647 }
const failed = { phase: 'Failed', exitCode: 1 }
const done = { phase: 'Succeeded', exitCode: 0 }
const policy = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] }
const onFailure = { spec: { restartPolicy: 'OnFailure', containers: [] } }

for (const [why, job, traits, want] of [
  ['still at work', testJob(), [{}, failed], undefined],
  ['one failure too many', testJob({ backoffLimit: 1 }, { failed: 1 }), [failed], 'FailureTarget BackoffLimitExceeded'],
  [
    'failures that are not counted yet',
    testJob({ backoffLimit: 1 }, { uncountedTerminatedPods: { failed: ['x', 'y'] } }),
    [],
    'FailureTarget BackoffLimitExceeded',
  ],
  [
    'an ignored failure does not count',
    testJob({ backoffLimit: 0, podFailurePolicy: policy }),
    [{ ...failed, conditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
    undefined,
  ],
  [
    'restarts count as failures',
    testJob({ backoffLimit: 2, template: onFailure }),
    [{ restartCount: 2 }],
    'FailureTarget BackoffLimitExceeded',
  ],
  [
    'no restart at all is allowed',
    testJob({ backoffLimit: 0, template: onFailure }),
    [{ restartCount: 1 }],
    'FailureTarget BackoffLimitExceeded',
  ],
  ['too long', testJob({ activeDeadlineSeconds: 600 }, { startTime }), [{}], 'FailureTarget DeadlineExceeded'],
  ['not yet too long', testJob({ activeDeadlineSeconds: 601 }, { startTime }), [{}], undefined],
  ['asleep, no deadline', testJob({ activeDeadlineSeconds: 1, suspend: true }, { startTime }), [], undefined],
  [
    'a code that ends the job',
    testJob({ podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }] } }),
    [failed],
    'FailureTarget PodFailurePolicy',
  ],
  [
    'too many failed indexes',
    testJob({ ...perIndex, maxFailedIndexes: 1 }),
    [
      { ...failed, index: 0 },
      { ...failed, index: 1 },
    ],
    'FailureTarget MaxFailedIndexesExceeded',
  ],
  ['some indexes failed, the others run', testJob(perIndex), [{ ...failed, index: 0 }, { index: 1 }], undefined],
  [
    'some indexes failed, the others are done',
    testJob(perIndex, { completedIndexes: '1-3' }),
    [{ ...failed, index: 0 }],
    'FailureTarget FailedIndexes',
  ],
  [
    'enough successes',
    testJob({ ...indexed, successPolicy: { rules: [{ succeededCount: 2 }] } }),
    [
      { ...done, index: 0 },
      { ...done, index: 3 },
    ],
    'SuccessCriteriaMet SuccessPolicy',
  ],
  [
    'not the right ones',
    testJob({ ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-1' }] } }),
    [
      { ...done, index: 0 },
      { ...done, index: 3 },
    ],
    undefined,
  ],
  [
    'enough of the right ones',
    testJob({ ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 1 }] } }),
    [{ ...done, index: 1 }],
    'SuccessCriteriaMet SuccessPolicy',
  ],
  [
    'what was announced stands',
    testJob({}, { conditions: [{ type: 'FailureTarget', status: 'True', reason: 'DeadlineExceeded' }] }),
    [],
    'FailureTarget DeadlineExceeded',
  ],
] as const satisfies readonly (readonly [string, Job, readonly JobPodTraits[], string | undefined])[]) {
  test(`job verdict: ${why}`, () => {
    const pods = traits.map((one, place) => testJobPod(`p${place}`, one))
    const verdict = verdictOf(observeJob(job, pods, noBackoff), nowMs)
    assert.equal(verdict === undefined ? undefined : `${verdict.type} ${verdict.reason}`, want)
  })
}

for (const [why, job, activeCount, want] of [
  ['all done', testJob({}, { succeeded: 2 }), 0, true],
  ['all done, but one runs on', testJob({}, { succeeded: 2 }), 1, false],
  ['one of two', testJob({}, { succeeded: 1 }), 0, false],
  ['nothing to do', testJob({ completions: 0 }), 0, true],
  ['a work queue after its first success', testJob({ completions: undefined }, { succeeded: 1 }), 0, true],
] as const) {
  test(`job completion: ${why}: ${want}`, () => {
    assert.equal(completionVerdict(observeJob(job, [], noBackoff), activeCount) !== undefined, want)
  })
}

test('job deadline: what is left of it', () => {
  assert.equal(deadlineRemainingMs(testJob({ activeDeadlineSeconds: 700 }), startTime, nowMs), 100_000)
  assert.equal(deadlineRemainingMs(testJob(), startTime, nowMs), undefined)
})
