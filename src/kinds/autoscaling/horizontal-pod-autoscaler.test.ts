import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestApiServer } from '#testing/api-server'
import { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.kind.ts'
import { HorizontalPodAutoscalerV1 } from './horizontal-pod-autoscaler.v1.kind.ts'

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
const where = { name: 'h', namespace: 'default' }

test('an autoscaler of version 1 is one of version 2 with a share of cpu, and back', async () => {
  await using api = await startTestApiServer()
  await api.client.create(HorizontalPodAutoscalerV1, {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: where,
    spec: { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 50 },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  })
  const stored = await api.client.get(HorizontalPodAutoscaler, where)
  const target = { type: 'Utilization', averageUtilization: 50 }
  assert.deepEqual(
    [stored.apiVersion, stored.spec.minReplicas, stored.spec.metrics],
    ['autoscaling/v2', 1, [{ type: 'Resource', resource: { name: 'cpu', target } }]],
  )
  const shown = await api.client.get(HorizontalPodAutoscalerV1, where)
  assert.deepEqual(
    [shown.apiVersion, shown.spec.targetCPUUtilizationPercentage, shown.metadata.annotations],
    ['autoscaling/v1', 50, undefined],
  )
})

test('what version 1 has no field for passes through it in annotations', async () => {
  await using api = await startTestApiServer()
  const metric = { name: 'hits', selector: { matchLabels: { path: 'x' } } }
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
    { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
    {
      type: 'ContainerResource',
      containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 70 } },
    },
    { type: 'Pods', pods: { metric, target: { type: 'AverageValue', averageValue: '10' } } },
    {
      type: 'Object',
      object: { metric, describedObject: { kind: 'Service', name: 's', apiVersion: 'v1' }, target: { type: 'Value', value: '5' } },
    },
    { type: 'External', external: { metric, target: { type: 'AverageValue', averageValue: '7' } } },
  ]
  const behavior = { scaleDown: { stabilizationWindowSeconds: 5, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } }
  const made = await api.client.create(HorizontalPodAutoscaler, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: where,
    spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3, metrics, behavior },
    status: { desiredReplicas: 0 },
  })
  const shown = await api.client.get(HorizontalPodAutoscalerV1, where)
  assert.equal(shown.spec.targetCPUUtilizationPercentage, 60)
  assert.equal(JSON.parse(shown.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'] ?? '').length, 5)
  // As upstream: under the names of Go.
  assert.partialDeepStrictEqual(JSON.parse(shown.metadata.annotations?.['autoscaling.alpha.kubernetes.io/behavior'] ?? ''), {
    ScaleUp: { StabilizationWindowSeconds: 0 },
    ScaleDown: { SelectPolicy: 'Max', Policies: [{ Type: 'Pods', Value: 1, PeriodSeconds: 60 }], Tolerance: null },
  })
  await api.client.update(HorizontalPodAutoscalerV1, { ...shown, spec: { ...shown.spec, maxReplicas: 4 } })
  const after = await api.client.get(HorizontalPodAutoscaler, where)
  // As upstream: what the annotation kept comes first.
  const [share, ...others] = made.spec.metrics ?? []
  assert.deepEqual(after.spec, { ...made.spec, maxReplicas: 4, metrics: [...others, share] })
  assert.equal(after.metadata.annotations, undefined)
})
