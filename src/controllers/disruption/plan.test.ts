import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { PodDisruptionBudget } from '#kinds/policy/pod-disruption-budget.kind'
import { budgetStatus } from './plan.ts'

const now = { ms: Date.parse('2026-01-01T00:10:00Z'), text: '2026-01-01T00:10:00Z' }

function pods(readyCount: number, total: number): readonly Pod[] {
  return Array.from({ length: total }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${index}` },
    spec: { containers: [] },
    status: { conditions: [{ type: 'Ready', status: index < readyCount ? 'True' : 'False' }] },
  }))
}

function budget(spec: PodDisruptionBudget['spec'], disruptedPods?: Record<string, string>): PodDisruptionBudget {
  const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, disruptedPods }
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b', generation: 1 }, spec, status }
}

for (const [why, spec, ready, total, scale, want] of [
  ['all but one may go', { minAvailable: 1 }, 3, 3, 3, [2, 3, 1, 3]],
  ['too few are healthy', { minAvailable: 3 }, 2, 3, 3, [0, 2, 3, 3]],
  ['a share is rounded up', { minAvailable: '50%' }, 3, 3, 3, [1, 3, 2, 3]],
  ['one may be missing', { maxUnavailable: 1 }, 3, 3, 3, [1, 3, 2, 3]],
  ['one is missing already', { maxUnavailable: 1 }, 2, 2, 3, [0, 2, 2, 3]],
  ['without an owner a share is unknown', { maxUnavailable: 1 }, 3, 3, undefined, [0, 3, 0, 0]],
  ['without an owner a number is enough', { minAvailable: 2 }, 3, 3, undefined, [1, 3, 2, 3]],
  ['no pods, nothing to disrupt', { minAvailable: 0 }, 0, 0, 0, [0, 0, 0, 0]],
] as const) {
  test(`disruption budget: ${why}`, () => {
    const status = budgetStatus(budget(spec), pods(ready, total), scale, now)
    assert.deepEqual([status?.disruptionsAllowed, status?.currentHealthy, status?.desiredHealthy, status?.expectedPods], want)
  })
}

test('disruption budget: a granted eviction counts until it is forgotten', () => {
  const status = budgetStatus(
    budget({ minAvailable: 1 }, { p0: '2026-01-01T00:09:00Z', p1: '2026-01-01T00:01:00Z', gone: now.text }),
    pods(3, 3),
    3,
    now,
  )
  assert.deepEqual([status?.disruptedPods, status?.disruptionsAllowed], [{ p0: '2026-01-01T00:09:00Z' }, 1])
})
