import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job } from '#kinds/batch/job.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { testJob, testJobPod } from '#testing/job-objects'
import { accountFor, countsAfter, finishedStatus, withoutSettled, withSuspension } from './accounting.ts'
import { noBackoff } from './backoff.ts'
import { observeJob } from './observe.ts'
import { completionVerdict, verdictOf } from './verdict.ts'

const now = { ms: Date.parse('2026-01-01T00:10:00Z'), text: '2026-01-01T00:10:00Z' }

function account(job: Job, pods: readonly Pod[]) {
  const view = observeJob(job, pods, noBackoff)
  const counts = countsAfter(view, 0, [])
  const verdict = verdictOf(view, now.ms) ?? completionVerdict(view, counts.active)
  return { verdict, ...accountFor({ view, status: job.status, verdict, counts }, now) }
}

const namesOf = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name)

test('job accounting: pods that ended are named first, and lose their finalizer then', () => {
  const { status, settled } = account(testJob({ completions: 5 }), [
    testJobPod('s', { phase: 'Succeeded', exitCode: 0 }),
    testJobPod('f', { phase: 'Failed', exitCode: 1 }),
    testJobPod('r'),
    testJobPod('before', { phase: 'Succeeded', isTracked: false }),
  ])
  assert.deepEqual(namesOf(settled), ['s', 'f'])
  assert.deepEqual(status.uncountedTerminatedPods, { succeeded: ['s'], failed: ['f'] })
  assert.deepEqual([status.active, status.succeeded, status.failed], [1, undefined, undefined])
})

test('job accounting: a name whose finalizer is gone becomes a number', () => {
  const status = { succeeded: 1, uncountedTerminatedPods: { succeeded: ['a', 'b'], failed: ['c'] } }
  assert.deepEqual(withoutSettled(status, new Set(['b'])), {
    succeeded: 2,
    failed: 1,
    uncountedTerminatedPods: { succeeded: ['b'] },
  })
})

test('job accounting: indexes are numbers at once', () => {
  const job = testJob({ completionMode: 'Indexed', completions: 3 }, { completedIndexes: '0', succeeded: 1 })
  const { status, settled } = account(job, [testJobPod('s', { phase: 'Succeeded', index: 1 }), testJobPod('r', { index: 2 })])
  assert.deepEqual([status.completedIndexes, status.succeeded, namesOf(settled)], ['0,1', 2, ['s']])
})

test('job accounting: when the job fails, all that runs fails with it', () => {
  const job = testJob({ backoffLimit: 0 })
  const { status, settled } = account(job, [testJobPod('f', { phase: 'Failed', exitCode: 1 }), testJobPod('r')])
  assert.deepEqual(namesOf(settled), ['f', 'r'])
  assert.deepEqual(status.uncountedTerminatedPods, { failed: ['f', 'r'] })
  assert.equal(status.conditions?.[0]?.type, 'FailureTarget')
})

test('job accounting: an index keeps its failed pod until there is another', () => {
  const job = testJob({ completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 2 })
  const { settled } = account(job, [testJobPod('f', { phase: 'Failed', index: 0, failures: 0 })])
  assert.deepEqual(settled, [])
})

test('job accounting: the end comes when all is counted and nobody is still ending', () => {
  const verdict = { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'm' } as const
  assert.equal(finishedStatus({ uncountedTerminatedPods: { succeeded: ['a'] } }, verdict, now), undefined)
  assert.equal(finishedStatus({ terminating: 1 }, verdict, now), undefined)
  assert.equal(finishedStatus({}, undefined, now), undefined)
  const finished = finishedStatus({ succeeded: 1 }, verdict, now)
  assert.deepEqual([finished?.completionTime, finished?.conditions?.map(({ type }) => type)], [now.text, ['Complete']])
  const failed = finishedStatus({}, { type: 'FailureTarget', reason: 'DeadlineExceeded', message: 'm' }, now)
  assert.deepEqual(
    [failed?.completionTime, failed?.conditions?.map(({ type, reason }) => [type, reason])],
    [undefined, [['Failed', 'DeadlineExceeded']]],
  )
})

for (const [why, suspend, before, want] of [
  ['never slept', false, undefined, undefined],
  ['falls asleep', true, undefined, 'True JobSuspended'],
  ['sleeps on', true, 'True', 'True JobSuspended'],
  ['wakes up', false, 'True', 'False JobResumed'],
] as const) {
  test(`job suspension: ${why}`, () => {
    const conditions = before === undefined ? [] : [{ type: 'Suspended', status: before, reason: 'JobSuspended' }]
    const status = withSuspension(testJob({ suspend }), { startTime: '2026-01-01T00:00:00Z', conditions }, now)
    const [condition] = status.conditions ?? []
    assert.equal(condition === undefined ? undefined : `${condition.status} ${condition.reason}`, want)
    // The deadline runs anew from when the job was resumed.
    assert.equal(status.startTime, want === 'False JobResumed' ? now.text : '2026-01-01T00:00:00Z')
  })
}
