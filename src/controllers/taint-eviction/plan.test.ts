import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evictionDueInMs } from './plan.ts'

const nowMs = Date.parse('2026-01-01T00:01:00Z')
const taint = { key: 'k', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z' }

for (const [why, taints, tolerations, want] of [
  ['no taint', [], [], undefined],
  ['a taint that only keeps new pods away', [{ key: 'k', effect: 'NoSchedule' }], [], undefined],
  ['not tolerated', [taint], [], 0],
  ['tolerated for ever', [taint], [{ key: 'k', operator: 'Exists' }], undefined],
  ['tolerated for a time, reckoned from the taint', [taint], [{ key: 'k', operator: 'Exists', tolerationSeconds: 300 }], 240_000],
  ['tolerated for a time that is over', [taint], [{ key: 'k', operator: 'Exists', tolerationSeconds: 30 }], 0],
  [
    'the shortest of several counts',
    [taint],
    [
      { operator: 'Exists', tolerationSeconds: 90 },
      { key: 'k', operator: 'Exists', tolerationSeconds: 300 },
    ],
    30_000,
  ],
] as const) {
  test(`taint eviction: ${why}`, () => assert.equal(evictionDueInMs(taints, tolerations, nowMs), want))
}
