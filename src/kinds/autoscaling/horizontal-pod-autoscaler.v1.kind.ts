/** The autoscaler as version 1 shows it: one share of cpu. Whatever else it has is kept in annotations. */
import { defineKind, type Kind } from '#meta/kind'
import { withMeta } from '#meta/object'
import { ageColumn, nameColumn } from '#meta/table'
import { statusSubresource } from '../subresources.ts'
import { HorizontalPodAutoscaler as Stored } from './horizontal-pod-autoscaler.kind.ts'
import * as schemas from './schema.v1.gen.ts'
import type { HorizontalPodAutoscalerCondition, MetricSpec } from './types.gen.ts'
import type * as types from './types.v1.gen.ts'
import { newBehavior, oldBehavior } from './v1-behavior.ts'
import { newSpec, oldSpec, oldStatus } from './v1-metrics.ts'

export type HorizontalPodAutoscalerV1 = types.HorizontalPodAutoscaler
export const HorizontalPodAutoscalerV1: Kind<HorizontalPodAutoscalerV1> = defineKind({
  apiVersion: 'autoscaling/v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  scope: 'Namespaced',
  storePrefix: Stored.storePrefix,
  schema: schemas.HorizontalPodAutoscaler,
  columns: [
    nameColumn,
    ...Stored.columns
      .filter(({ name }) => name !== 'Name' && name !== 'Age')
      .map((column) => ({
        ...column,
        describedIn: Stored.schema,
        cell: (scaler: HorizontalPodAutoscalerV1, facts: Parameters<typeof column.cell>[1]) => column.cell(toStored(scaler), facts),
      })),
    ageColumn,
  ],
  defaults: defaultAutoscaler,
  subresources: [statusSubresource('HorizontalPodAutoscaler')],
  storedAs: { kind: Stored, toStored, fromStored },
})

const prefix = 'autoscaling.alpha.kubernetes.io'
const metricsKey = `${prefix}/metrics`
const currentMetricsKey = `${prefix}/current-metrics`
const conditionsKey = `${prefix}/conditions`
const behaviorKey = `${prefix}/behavior`

/** What is not said at all is said as in version 2. */
function defaultAutoscaler(scaler: HorizontalPodAutoscalerV1): HorizontalPodAutoscalerV1 {
  const hasMetrics = listIn(scaler.metadata.annotations?.[metricsKey]).length > 0
  const share = hasMetrics ? {} : { targetCPUUtilizationPercentage: 80 }
  return { ...scaler, spec: { minReplicas: 1, ...share, ...scaler.spec } }
}

function toStored(scaler: HorizontalPodAutoscalerV1): Stored {
  const {
    [metricsKey]: metrics,
    [currentMetricsKey]: _,
    [conditionsKey]: conditions,
    [behaviorKey]: behavior,
    ...annotations
  } = scaler.metadata.annotations ?? {}
  const { targetCPUUtilizationPercentage: share, ...spec } = scaler.spec
  const { currentCPUUtilizationPercentage: current, ...status } = scaler.status
  const others = listIn(metrics).map(newSpec)
  const all = [...(share === undefined ? [] : [cpuSpec(share)]), ...others]
  const currentMetrics =
    current === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }]
  const stored: Stored = {
    ...scaler,
    apiVersion: 'autoscaling/v2',
    spec: { ...spec, ...(all.length === 0 ? {} : { metrics: all }), ...behaviorIn(behavior) },
    status: {
      ...status,
      ...(currentMetrics.length === 0 ? {} : { currentMetrics }),
      ...(conditions === undefined ? {} : { conditions: conditionsIn(conditions) }),
    },
  }
  return withMeta(stored, { annotations: Object.keys(annotations).length === 0 ? undefined : annotations })
}

function fromStored(stored: Stored): HorizontalPodAutoscalerV1 {
  const { metrics = [], behavior, ...spec } = stored.spec
  const { currentMetrics = [], conditions = [], currentReplicas = 0, ...status } = stored.status
  const cpu = metrics.find(isCpuShare)
  const others = metrics.filter((metric) => metric !== cpu)
  const current = currentMetrics.find(({ resource }) => resource?.name === 'cpu' && resource.current.averageUtilization !== undefined)
  const share = cpu?.resource?.target.averageUtilization
  const currentShare = current?.resource?.current.averageUtilization
  const kept = {
    ...(others.length === 0 ? {} : { [metricsKey]: JSON.stringify(others.map(oldSpec)) }),
    ...(currentMetrics.length === 0 ? {} : { [currentMetricsKey]: JSON.stringify(currentMetrics.map(oldStatus)) }),
    ...(conditions.length === 0 ? {} : { [conditionsKey]: JSON.stringify(conditions) }),
    ...(behavior === undefined ? {} : { [behaviorKey]: JSON.stringify(oldBehavior(behavior)) }),
  }
  const shown: HorizontalPodAutoscalerV1 = {
    ...stored,
    apiVersion: 'autoscaling/v1',
    spec: { ...spec, ...(share === undefined ? {} : { targetCPUUtilizationPercentage: share }) },
    status: { ...status, currentReplicas, ...(currentShare === undefined ? {} : { currentCPUUtilizationPercentage: currentShare }) },
  }
  return Object.keys(kept).length === 0 ? shown : withMeta(shown, { annotations: { ...stored.metadata.annotations, ...kept } })
}

function cpuSpec(share: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: share } } }
}

function isCpuShare({ resource }: MetricSpec): boolean {
  return resource?.name === 'cpu' && resource.target.averageUtilization !== undefined
}

/** What a user wrote into an annotation may be anything. */
function listIn(text: string | undefined): readonly { readonly [field: string]: unknown }[] {
  const value = valueIn(text)
  return Array.isArray(value) ? value : []
}

function conditionsIn(text: string): readonly HorizontalPodAutoscalerCondition[] {
  return listIn(text).flatMap(({ type, status, ...rest }) =>
    typeof type === 'string' && typeof status === 'string' ? [{ ...rest, type, status }] : [],
  )
}

function behaviorIn(text: string | undefined): Pick<Stored['spec'], 'behavior'> {
  const value = newBehavior(valueIn(text))
  return typeof value === 'object' && value !== null ? { behavior: value } : {}
}

function valueIn(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
