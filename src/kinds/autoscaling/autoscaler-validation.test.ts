import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusals } from '#testing/refusals'
import { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.kind.ts'
import { HorizontalPodAutoscalerV1 } from './horizontal-pod-autoscaler.v1.kind.ts'

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
const scalerOf = (spec: object) => ({ spec: { scaleTargetRef, maxReplicas: 3, ...spec } })
const measured = (...metrics: readonly object[]) => scalerOf({ metrics })
const cpu = (target: object) => measured({ type: 'Resource', resource: { name: 'cpu', target } })
const first = 'spec.metrics[0]'

for (const [why, scaler, want] of [
  ['nothing special', scalerOf({}), []],
  [
    'nothing at all',
    { spec: {} },
    [
      'spec.maxReplicas: Required value: must be set and greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
      'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
    ],
  ],
  ['a replication controller', scalerOf({ scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'r' } }), []],
  [
    'no pods at all, by their cpu',
    scalerOf({ minReplicas: 0 }),
    [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  ],
  [
    'a metric without its source',
    measured({ type: 'Pods' }),
    [`${first}.pods: Required value: must populate information for the given metric source`],
  ],
  [
    'a metric of two sources',
    measured({ type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1' } }, resource: {} }),
    [`${first}.resource: Forbidden: must populate the given metric source only`],
  ],
  [
    'a target of two forms',
    cpu({ type: 'Utilization', averageUtilization: 5, averageValue: '1' }),
    [`${first}.resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization`],
  ],
  [
    'no use of cpu',
    cpu({ type: 'AverageValue', averageValue: '0' }),
    [`${first}.resource.target.averageValue: Invalid value: "0": must be positive`],
  ],
  [
    'what no container can ask for',
    measured({
      type: 'ContainerResource',
      containerResource: { name: 'x', container: 'c', target: { type: 'Utilization', averageUtilization: 5 } },
    }),
    ['must be a standard resource type or fully qualified', 'must be a standard resource for containers'].map(
      (problem) => `${first}.containerResource.name: Invalid value: "x": ${problem}`,
    ),
  ],
  [
    'no policy',
    scalerOf({ behavior: { scaleUp: { policies: [] } } }),
    ['spec.behavior.scaleUp.policies: Required value: must specify at least one Policy'],
  ],
  [
    'a long period',
    scalerOf({ behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1801 }] } } }),
    ['spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800'],
  ],
] as const) {
  test(`an autoscaler of ${why} gets ${want.length} errors`, () => assert.deepEqual(refusals(HorizontalPodAutoscaler, scaler), want))
}

test('version 1 is judged by the fields of version 2', () => {
  const errors = refusals(HorizontalPodAutoscalerV1, scalerOf({ targetCPUUtilizationPercentage: 0 }))
  assert.deepEqual(errors, [`${first}.resource.target.averageUtilization: Invalid value: 0: must be greater than 0`])
})
