import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job } from '#kinds/batch/job.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { type JobPodTraits, testJob, testJobPod } from '#testing/job-objects'
import { noBackoff } from './backoff.ts'
import { observeJob } from './observe.ts'
import { planPods } from './plan.ts'
import { verdictOf } from './verdict.ts'

const nowMs = Date.parse('2026-01-01T00:10:00Z')

function pods(...traits: readonly JobPodTraits[]): readonly Pod[] {
  return traits.map((one, place) => testJobPod(`p${place}`, one))
}

const running = { phase: 'Running' }
const leaving = { isLeaving: true }
const done = { phase: 'Succeeded', exitCode: 0, finishedAt: '2026-01-01T00:05:00Z' }
const failed = { phase: 'Failed', exitCode: 1, finishedAt: '2026-01-01T00:05:00Z' }
const justFailed = { ...failed, finishedAt: '2026-01-01T00:09:58Z' }
const indexed: Partial<Job['spec']> = { completionMode: 'Indexed', completions: 3, parallelism: 3 }
const perIndex: Partial<Job['spec']> = { ...indexed, backoffLimitPerIndex: 1, backoffLimit: 2_147_483_647 }

/** `+` makes a pod (of an index), `-` deletes one, `~` waits. */
function summary(job: Job, owned: readonly Pod[]): string {
  const view = observeJob(job, owned, noBackoff)
  const plan = planPods(view, verdictOf(view, nowMs), nowMs)
  const creations = plan.creations.map(
    ({ index, replaces }) => `+${index ?? ''}${replaces === undefined ? '' : ` for ${replaces.metadata.name}`}`,
  )
  const deletions = plan.deletions.map(({ metadata }) => `-${metadata.name}`)
  return [...creations, ...deletions, ...(plan.waitMs === undefined ? [] : [`~${plan.waitMs}`])].join(', ')
}

for (const [why, job, owned, want] of [
  ['starts as many as may run', testJob(), pods(), '+, +'],
  ['no more than are left to do', testJob({ completions: 3 }, { succeeded: 2 }), pods(), '+'],
  ['a work queue is not refilled once a pod is done', testJob({ completions: undefined }), pods(done, running), ''],
  ['too many run', testJob({ parallelism: 1 }), pods(running, { phase: 'Pending' }), '-p1'],
  ['suspended', testJob({ suspend: true }), pods(running, running), '-p0, -p1'],
  ['a failed pod is replaced', testJob(), pods(failed, running), '+'],
  ['but not at once', testJob(), pods(justFailed, running), '~8000'],
  ['one that is ending is replaced', testJob(), pods(leaving, running), '+'],
  ['unless it must have failed first', testJob({ podReplacementPolicy: 'Failed' }), pods(leaving, running), ''],
  ['a job that goes makes nothing', testJob({}, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), pods(), ''],
  ['each index', testJob(indexed), pods({ index: 1 }), '+0, +2'],
  ['an index that is done stays done', testJob(indexed, { completedIndexes: '0,2', succeeded: 2 }), pods(), '+1'],
  ['two of one index', testJob(indexed), pods({ index: 0 }, { index: 0, phase: 'Pending' }, { index: 1 }), '-p1'],
  ['an index that does not exist', testJob({ ...indexed, parallelism: 4 }), pods({ index: 7 }), '-p0'],
  ['an index is tried again', testJob(perIndex), pods({ ...failed, index: 0, failures: 0 }, { index: 1 }, { index: 2 }), '+0 for p0'],
  ['after a while', testJob(perIndex), pods({ ...justFailed, index: 0, failures: 0 }, { index: 1 }, { index: 2 }), '~8000'],
  ['an index that failed for good is not', testJob(perIndex), pods({ ...failed, index: 0, failures: 1 }, { index: 1 }, { index: 2 }), ''],
  ['a job that failed ends all', testJob({ backoffLimit: 0 }), pods(failed, running), '-p1'],
] as const) {
  test(`job pods: ${why}`, () => assert.equal(summary(job, owned), want))
}
