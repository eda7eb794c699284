import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ControllerRevision } from '#kinds/apps/controller-revision.kind'
import type { StatefulSet } from '#kinds/apps/stateful-set.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { planStatefulSet } from './plan.ts'

const revision = { metadata: { name: 'db-1' } } as unknown as ControllerRevision

function pod(ordinal: number, isReady: boolean): Pod {
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }]
  const labels = { 'controller-revision-hash': 'db-1' }
  return { metadata: { name: `db-${ordinal}`, labels }, status: { phase: 'Running', conditions } } as unknown as Pod
}

for (const [why, replicas, healths, want] of [
  ['the last one goes first', 0, [true, true, true], ['db-2']],
  ['one that is not ready may go', 0, [true, true, false], ['db-2']],
  ['one that is not ready waits for those below it', 0, [false, false, false], []],
  ['one that is ready does not wait for those that go too', 0, [true, false, true], ['db-2']],
  ['nobody goes before those that stay are ready', 1, [false, true, true], []],
] as const) {
  test(`stateful set, scaled down: ${why}`, () => {
    const set = { metadata: { name: 'db' }, spec: { replicas } } as unknown as StatefulSet
    const pods = new Map(healths.map((isReady, ordinal) => [ordinal, pod(ordinal, isReady)]))
    const plan = planStatefulSet({ set, pods, current: revision, update: revision, leavingClaims: new Set() }, Date.UTC(2026, 1))
    assert.deepEqual(
      plan.deletions.map(({ metadata }) => metadata.name),
      want,
    )
  })
}
