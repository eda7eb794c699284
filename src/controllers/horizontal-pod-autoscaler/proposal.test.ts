import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { MetricError } from './measure.ts'
import { judge } from './measure-all.ts'
import { groupPods, type Samples } from './pod-samples.ts'
import { averageOf, proposeForPods, proposeForShare, proposeForValue, utilizationOf } from './proposal.ts'
import { requestsOf } from './requests.ts'

const nowMs = Date.parse('2026-01-01T01:00:00Z')
const tolerances = { down: 0.1, up: 0.1 }
const patience = { cpuInitializationMs: 300_000, initialReadinessDelayMs: 30_000 }

function samplesOf(...milli: readonly number[]): Samples {
  return new Map(milli.map((one, place) => [`p${place}`, { milli: one, atMs: nowMs, windowMs: 30_000 }]))
}

for (const [why, used, groups, want] of [
  ['as it should be', [100, 100], {}, 2],
  ['a little more is tolerated', [109, 110], {}, 2],
  ['twice as much', [200, 200], {}, 4],
  ['rounded up', [150, 160], {}, 4],
  ['half as much', [50, 50], {}, 1],
  ['one that says nothing speaks against more', [200, 200], { missing: ['m'] }, 4],
  ['and may stop it', [150, 150], { missing: ['m'] }, 2],
  ['one that says nothing speaks against less', [50, 50], { missing: ['m'] }, 2],
  ['one that starts speaks against more', [200, 200], { unready: ['u', 'v', 'w'] }, 2],
  ['one that starts says nothing about less', [50, 50], { unready: ['u'] }, 1],
] as const) {
  test(`replicas for what pods use: ${why}`, () => {
    const demand = {
      currentReplicas: 2,
      groups: { readyCount: used.length, unready: [], missing: [], ignored: [], ...groups },
      samples: samplesOf(...used),
      tolerances,
    }
    assert.equal(
      proposeForPods(
        demand,
        (samples) => averageOf(samples) / 100,
        () => 100,
      ),
      want,
    )
  })
}

test('replicas for a value of something else', () => {
  assert.deepEqual(
    [1, 1.05, 2, 0.5].map((ratio) => proposeForValue(3, 3, ratio, tolerances)),
    [3, 3, 6, 2],
  )
  assert.equal(proposeForValue(0, 0, 2.5, tolerances), 3)
  assert.deepEqual(
    [300, 320, 450].map((usage) => proposeForShare(3, usage, 100, tolerances)),
    [3, 3, 5],
  )
})

function podOf(facts: {
  readonly phase?: string
  readonly ready?: string
  readonly since?: string
  readonly start?: string
  readonly isLeaving?: boolean
}): Pod {
  const { phase = 'Running', ready = 'True', since = '2026-01-01T00:00:10Z', start = '2026-01-01T00:00:00Z', isLeaving } = facts
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p0', ...(isLeaving ? { deletionTimestamp: since } : {}) },
    spec: { containers: [] },
    status: { phase, startTime: start, conditions: [{ type: 'Ready', status: ready, lastTransitionTime: since }] },
  }
}

for (const [why, pod, resource, samples, want] of [
  ['a pod at work', podOf({}), 'cpu', samplesOf(1), 'ready'],
  ['one that goes', podOf({ isLeaving: true }), 'cpu', samplesOf(1), 'ignored'],
  ['one that failed', podOf({ phase: 'Failed' }), 'cpu', samplesOf(1), 'ignored'],
  ['one that is not there yet', podOf({ phase: 'Pending' }), 'memory', samplesOf(1), 'unready'],
  ['one that says nothing', podOf({}), 'cpu', samplesOf(), 'missing'],
  ['one that has just started, and is not ready', podOf({ start: '2026-01-01T00:59:00Z', ready: 'False' }), 'cpu', samplesOf(1), 'unready'],
  [
    'one whose sample is from before it was ready',
    podOf({ start: '2026-01-01T00:59:00Z', since: '2026-01-01T00:59:50Z' }),
    'cpu',
    samplesOf(1),
    'unready',
  ],
  ['the same, for memory', podOf({ start: '2026-01-01T00:59:00Z', since: '2026-01-01T00:59:50Z' }), 'memory', samplesOf(1), 'ready'],
  ['one that has never been ready', podOf({ ready: 'False' }), 'cpu', samplesOf(1), 'unready'],
  ['one that was ready once', podOf({ ready: 'False', since: '2026-01-01T00:30:00Z' }), 'cpu', samplesOf(1), 'ready'],
] as const) {
  test(`pods that count: ${why}: ${want}`, () => {
    const { readyCount, unready, missing, ignored } = groupPods([pod], samples, resource, patience, nowMs)
    const found = { ready: readyCount, unready: unready.length, missing: missing.length, ignored: ignored.length }
    assert.deepEqual(
      Object.entries(found).filter(([, count]) => count > 0),
      [[want, 1]],
    )
  })
}

test('utilization is measured by what pods request', () => {
  assert.equal(
    utilizationOf(
      samplesOf(50, 150),
      new Map([
        ['p0', 100],
        ['p1', 100],
        ['p2', 100],
      ]),
    ),
    100,
  )
  assert.equal(utilizationOf(samplesOf(50), new Map()), undefined)
})

test('a pod requests what its containers and sidecars request; one that does not say is an error', () => {
  const wants = (name: string, cpu?: string) => ({ name, image: 'i', ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) })
  const base = podOf({})
  const pod = {
    ...base,
    spec: {
      containers: [wants('a', '100m'), wants('b', '1')],
      initContainers: [wants('i'), { ...wants('s', '10m'), restartPolicy: 'Always' }],
    },
  }
  assert.deepEqual([...requestsOf([pod], 'cpu', undefined).values(), ...requestsOf([pod], 'cpu', 'b').values()], [1110, 1000])
  assert.throws(
    () => requestsOf([{ ...base, spec: { containers: [wants('c')] } }], 'cpu', undefined),
    /missing request for cpu in container c of Pod p0/,
  )
})

const measured = (replicas: number) => ({ replicas, name: `m${replicas}`, status: { type: 'Pods' } })
const failed = new MetricError('FailedGetPodsMetric', 'nobody answers')

for (const [why, found, faults, want] of [
  ['the most counts', [measured(2), measured(5)], [], '5 ValidMetricFound'],
  ['more, though one metric failed', [measured(5)], [failed], '5 ValidMetricFound'],
  ['not less, when one metric failed', [measured(2)], [failed], 'undefined FailedGetPodsMetric'],
  ['nothing, when all failed', [], [failed], 'undefined FailedGetPodsMetric'],
] as const) {
  test(`several metrics: ${why}`, () => {
    const { replicas, condition } = judge(found, faults, found.length + faults.length, 3)
    assert.equal(`${replicas} ${condition.reason}`, want)
  })
}
