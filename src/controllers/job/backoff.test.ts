import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testJobPod } from '#testing/job-objects'
import { backoffAfter, backoffRemainingMs, noBackoff } from './backoff.ts'

const startMs = Date.parse('2026-01-01T00:00:00Z')

for (const [failureCount, agoMs, wantMs] of [
  [0, 0, 0],
  [1, 0, 10_000],
  [1, 4_000, 6_000],
  [1, 11_000, 0],
  [3, 0, 40_000],
  [20, 0, 600_000],
] as const) {
  test(`backoff: ${failureCount} failures, the last ${agoMs} ms ago: wait ${wantMs} ms`, () => {
    assert.equal(backoffRemainingMs({ failureCount, lastFailureMs: startMs }, startMs + agoMs), wantMs)
  })
}

test('backoff: failures add up, and only those after the last success count', () => {
  const failed = (name: string, finishedAt: string) => testJobPod(name, { phase: 'Failed', exitCode: 1, finishedAt })
  const first = backoffAfter(noBackoff, [], [failed('a', '2026-01-01T00:00:05Z')])
  assert.deepEqual(first, { failureCount: 1, lastFailureMs: startMs + 5000 })
  const second = backoffAfter(first, [], [failed('b', '2026-01-01T00:00:30Z')])
  assert.deepEqual(second, { failureCount: 2, lastFailureMs: startMs + 30_000 })
  const success = testJobPod('s', { phase: 'Succeeded', exitCode: 0, finishedAt: '2026-01-01T00:01:00Z' })
  const mixed = backoffAfter(second, [success], [failed('c', '2026-01-01T00:00:50Z'), failed('d', '2026-01-01T00:01:10Z')])
  assert.deepEqual(mixed, { failureCount: 1, lastFailureMs: startMs + 70_000 })
})
