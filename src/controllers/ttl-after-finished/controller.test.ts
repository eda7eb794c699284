import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job } from '#kinds/batch/job.kind'
import { deletionDueInMs } from './controller.ts'

const noonMs = Date.parse('2026-01-01T12:00:00Z')

function jobWith(ttlSecondsAfterFinished: number | undefined, finishedAt: string | undefined): Job {
  const conditions = finishedAt === undefined ? [] : [{ type: 'Complete', status: 'True', lastTransitionTime: finishedAt }]
  const spec = { ttlSecondsAfterFinished, template: { spec: { containers: [] } } }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job' }, spec, status: { conditions } }
}

for (const [why, ttlSeconds, finishedAt, wantMs] of [
  ['no ttl: keep for ever', undefined, '2026-01-01T00:00:00Z', undefined],
  ['still running', 60, undefined, undefined],
  ['one second left', 60, '2026-01-01T11:59:01Z', 1000],
  ['overdue', 0, '2026-01-01T11:59:59Z', -1000],
] as const) {
  test(`deletionDueInMs: ${why}`, () => assert.equal(deletionDueInMs(jobWith(ttlSeconds, finishedAt), noonMs), wantMs))
}
