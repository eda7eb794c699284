/** Scales something by what its pods use. */
import { defineKind, type Kind } from '#meta/kind'
import { withMeta } from '#meta/object'
import { ageColumn, nameColumn } from '#meta/table'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { validateAutoscaler, validateAutoscalerStatus } from './autoscaler-validation.ts'
import { targetsText } from './metric-text.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'
import { withoutRoundTrip } from './v1-annotations.ts'

export type HorizontalPodAutoscaler = types.HorizontalPodAutoscaler
export const HorizontalPodAutoscaler: Kind<HorizontalPodAutoscaler> = defineKind({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: schemas.HorizontalPodAutoscaler,
  columns: [
    nameColumn,
    {
      name: 'Reference',
      type: 'string',
      description:
        'scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, ' +
        'as well as to actually change the replica count.',
      cell: ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    },
    { name: 'Targets', type: 'string', describedBy: 'spec.metrics', cell: (scaler) => targetsText(scaler) },
    {
      name: 'MinPods',
      type: 'string',
      describedBy: 'spec.minReplicas',
      cell: ({ spec }) => (spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas)),
    },
    { name: 'MaxPods', type: 'string', describedBy: 'spec.maxReplicas', cell: ({ spec }) => spec.maxReplicas ?? 0 },
    { name: 'Replicas', type: 'string', describedBy: 'status.currentReplicas', cell: ({ status }) => status.currentReplicas ?? 0 },
    ageColumn,
  ],
  defaults: defaultAutoscaler,
  prepareCreate: (scaler) => ({ ...scaler, status: { desiredReplicas: 0 } }),
  validate: validateAutoscaler,
  update: { prepare: keepStatus },
  status: { prepare: keepSpec, validate: validateAutoscalerStatus },
  subresources: [statusSubresource('HorizontalPodAutoscaler')],
})

const cpuUtilizationDefault = 80

function defaultAutoscaler(scaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { metrics = [], behavior } = scaler.spec
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuUtilizationDefault } } }
  return {
    ...withMeta(scaler, { annotations: withoutRoundTrip(scaler.metadata.annotations) }),
    spec: {
      minReplicas: 1,
      ...scaler.spec,
      metrics: metrics.length === 0 ? [cpu] : metrics,
      ...(behavior === undefined
        ? {}
        : {
            behavior: { scaleUp: completed(scaleUpDefault, behavior.scaleUp), scaleDown: completed(scaleDownDefault, behavior.scaleDown) },
          }),
    },
  }
}

const scaleUpDefault: types.HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
}

/** How long scaling down waits is the controller manager's setting, unless given. */
const scaleDownDefault: types.HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }

function completed(defaults: types.HPAScalingRules, given: types.HPAScalingRules | undefined): types.HPAScalingRules {
  return { ...defaults, ...given }
}
