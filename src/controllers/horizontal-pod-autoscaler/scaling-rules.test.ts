import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HorizontalPodAutoscaler } from '#kinds/autoscaling/horizontal-pod-autoscaler.kind'
import { limitReplicas, type Memory, nothingRemembered, remember } from './scaling-rules.ts'

const nowMs = 1_000_000
const clock = { nowMs, downscaleStabilizationMs: 300_000 }

function scalerWith(spec: Partial<HorizontalPodAutoscaler['spec']> = {}): HorizontalPodAutoscaler {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 20, ...spec },
    status: { desiredReplicas: 0 },
  }
}

const ago = (seconds: number) => nowMs - seconds * 1000
const recommended = (seconds: number, replicas: number): Memory => ({ recommendations: [{ atMs: ago(seconds), replicas }], changes: [] })
const changed = (seconds: number, by: number): Memory => ({ recommendations: [], changes: [{ atMs: ago(seconds), by }] })
const up = (scaleUp: object) => scalerWith({ behavior: { scaleUp } })
const down = (scaleDown: object) => scalerWith({ behavior: { scaleDown: { stabilizationWindowSeconds: 0, ...scaleDown } } })
const pods = (value: number) => ({ type: 'Pods', value, periodSeconds: 60 })
const percent = (value: number) => ({ type: 'Percent', value, periodSeconds: 60 })

for (const [why, scaler, current, desired, memory, want] of [
  ['as wished', scalerWith(), 4, 6, nothingRemembered, '6 DesiredWithinRange'],
  ['not below the least', scalerWith(), 4, 1, nothingRemembered, '2 TooFewReplicas'],
  ['not above the most', scalerWith(), 15, 25, nothingRemembered, '20 TooManyReplicas'],
  ['twice as many at once', scalerWith(), 4, 15, nothingRemembered, '8 ScaleUpLimit'],
  ['four at least', scalerWith({ minReplicas: 1 }), 1, 15, nothingRemembered, '4 ScaleUpLimit'],
  ['not down while more were wanted lately', scalerWith(), 6, 3, recommended(200, 6), '6 DesiredWithinRange, ScaleDownStabilized'],
  ['down when that is long ago', scalerWith(), 6, 3, recommended(301, 6), '3 DesiredWithinRange'],
  [
    'a window of its own',
    down({ stabilizationWindowSeconds: 100, policies: [percent(100)] }),
    6,
    3,
    recommended(101, 6),
    '3 DesiredWithinRange',
  ],
  [
    'not up while fewer were wanted lately',
    up({ stabilizationWindowSeconds: 60, policies: [percent(100)] }),
    4,
    8,
    recommended(30, 5),
    '5 DesiredWithinRange, ScaleUpStabilized',
  ],
  ['so many pods a minute', up({ policies: [pods(2)] }), 4, 9, nothingRemembered, '6 ScaleUpLimit'],
  ['less what was added', up({ policies: [pods(2)] }), 5, 9, changed(30, 1), '6 ScaleUpLimit'],
  ['unless that is over', up({ policies: [pods(2)] }), 5, 9, changed(61, 1), '7 ScaleUpLimit'],
  ['the larger step', up({ selectPolicy: 'Max', policies: [pods(2), percent(100)] }), 4, 15, nothingRemembered, '8 ScaleUpLimit'],
  ['the smaller step', up({ selectPolicy: 'Min', policies: [pods(2), percent(100)] }), 4, 15, nothingRemembered, '6 ScaleUpLimit'],
  ['never up', up({ selectPolicy: 'Disabled', policies: [pods(2)] }), 4, 15, nothingRemembered, '4 ScaleUpLimit'],
  ['down by a share', down({ policies: [percent(25)] }), 8, 2, nothingRemembered, '6 ScaleDownLimit'],
  ['down by pods', down({ policies: [pods(1)] }), 8, 2, nothingRemembered, '7 ScaleDownLimit'],
  ['less what went already', down({ policies: [pods(2)] }), 7, 2, changed(30, -1), '6 ScaleDownLimit'],
  ['never down', down({ selectPolicy: 'Disabled', policies: [pods(1)] }), 8, 2, nothingRemembered, '8 ScaleDownLimit'],
] as const) {
  test(`autoscaler: ${why}`, () => {
    const { replicas, limit, stabilized } = limitReplicas(scaler, { current, desired }, memory, clock)
    assert.equal(`${replicas} ${limit.reason}${stabilized === undefined ? '' : `, ${stabilized.reason}`}`, want)
  })
}

test('autoscaler: what is an hour old is forgotten', () => {
  const old: Memory = { recommendations: [{ atMs: ago(3601), replicas: 9 }], changes: [{ atMs: ago(3601), by: 1 }] }
  assert.deepEqual(remember(old, { current: 2, desired: 5 }, 4, nowMs), {
    recommendations: [{ atMs: nowMs, replicas: 5 }],
    changes: [{ atMs: nowMs, by: 2 }],
  })
})
