/** The autoscaler as version 1 shows it: one share of cpu. Whatever else it has is kept in annotations. */
import type { Kind } from '#meta/kind'
import { withMeta } from '#meta/object'
import { isJsonObject, type JsonObject } from '#meta/schema/go-type'
import { servedAs } from '../served-as.ts'
import { HorizontalPodAutoscaler as Stored } from './horizontal-pod-autoscaler.kind.ts'
import * as schemas from './schema.v1.gen.ts'
import type { HorizontalPodAutoscalerCondition, MetricSpec, MetricStatus } from './types.gen.ts'
import type * as types from './types.v1.gen.ts'
import { roundTripKeys, withoutRoundTrip } from './v1-annotations.ts'
import { newBehavior, oldBehavior } from './v1-behavior.ts'
import { newSpec, newStatus, oldSpec, oldStatus } from './v1-metrics.ts'

export type HorizontalPodAutoscalerV1 = types.HorizontalPodAutoscaler
export const HorizontalPodAutoscalerV1: Kind<HorizontalPodAutoscalerV1> = servedAs(Stored, {
  apiVersion: 'autoscaling/v1',
  schema: schemas.HorizontalPodAutoscaler,
  toStored,
  fromStored,
})

function toStored(scaler: HorizontalPodAutoscalerV1): Stored {
  const { [roundTripKeys.metrics]: metricsText, [roundTripKeys.behavior]: behaviorText } = scaler.metadata.annotations ?? {}
  const { targetCPUUtilizationPercentage: share, ...spec } = scaler.spec
  // As upstream: what the annotation holds comes first.
  const metrics = [...(listIn(metricsText) ?? []).map(newSpec), ...(share === undefined ? [] : [cpuSpec(share)])]
  const behavior = newBehavior(valueIn(behaviorText))
  const stored: Stored = {
    ...scaler,
    apiVersion: 'autoscaling/v2',
    spec: { ...spec, ...(metrics.length === 0 ? {} : { metrics }), ...(behavior === undefined ? {} : { behavior }) },
    status: toStoredStatus(scaler),
  }
  return withMeta(stored, { annotations: withoutRoundTrip(scaler.metadata.annotations) })
}

/** The annotations say more than the field, and win. */
function toStoredStatus(scaler: HorizontalPodAutoscalerV1): Stored['status'] {
  const { [roundTripKeys.currentMetrics]: metricsText, [roundTripKeys.conditions]: conditionsText } = scaler.metadata.annotations ?? {}
  const { currentCPUUtilizationPercentage: share, currentReplicas, ...status } = scaler.status
  const currentMetrics = listIn(metricsText)?.map(newStatus) ?? (share === undefined ? [] : [cpuStatus(share)])
  const conditions = (listIn(conditionsText) ?? []).flatMap(conditionIn)
  return {
    ...status,
    ...(currentReplicas === 0 ? {} : { currentReplicas }),
    ...(currentMetrics.length === 0 ? {} : { currentMetrics }),
    ...(conditions.length === 0 ? {} : { conditions }),
  }
}

function fromStored(stored: Stored): HorizontalPodAutoscalerV1 {
  const { metrics = [], behavior, ...spec } = stored.spec
  const { currentMetrics = [], conditions = [], currentReplicas = 0, ...status } = stored.status
  const others = metrics.filter((metric) => !isCpuShare(metric))
  const share = metrics.find(isCpuShare)?.resource?.target.averageUtilization
  const current = currentMetrics.find(({ resource }) => resource?.name === 'cpu' && resource.current.averageUtilization !== undefined)
  const currentShare = current?.resource?.current.averageUtilization
  const kept = {
    ...withoutRoundTrip(stored.metadata.annotations),
    ...(others.length === 0 ? {} : { [roundTripKeys.metrics]: JSON.stringify(others.map(oldSpec)) }),
    ...(currentMetrics.length === 0 ? {} : { [roundTripKeys.currentMetrics]: JSON.stringify(currentMetrics.map(oldStatus)) }),
    ...(conditions.length === 0 ? {} : { [roundTripKeys.conditions]: JSON.stringify(conditions.map(oldCondition)) }),
    ...(behavior === undefined ? {} : { [roundTripKeys.behavior]: JSON.stringify(oldBehavior(behavior)) }),
  }
  const shown: HorizontalPodAutoscalerV1 = {
    ...stored,
    apiVersion: 'autoscaling/v1',
    spec: { ...spec, ...(share === undefined ? {} : { targetCPUUtilizationPercentage: share }) },
    status: { ...status, currentReplicas, ...(currentShare === undefined ? {} : { currentCPUUtilizationPercentage: currentShare }) },
  }
  return withMeta(shown, { annotations: Object.keys(kept).length === 0 ? undefined : kept })
}

function cpuSpec(share: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: share } } }
}

function cpuStatus(share: number): MetricStatus {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: share } } }
}

function isCpuShare({ type, resource }: MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined
}

/** What a user wrote into an annotation may be anything; what is not a list of typed objects counts as absent. */
function listIn(text: string | undefined): readonly JsonObject[] | undefined {
  const value = valueIn(text)
  if (!Array.isArray(value)) return undefined
  const entries: readonly unknown[] = value
  const typed = entries.filter(isJsonObject).filter(({ type }) => type === undefined || typeof type === 'string')
  return typed.length === entries.length ? typed : undefined
}

function conditionIn({ type, status, lastTransitionTime, ...rest }: JsonObject): readonly HorizontalPodAutoscalerCondition[] {
  if (typeof type !== 'string' || typeof status !== 'string') return []
  return [{ type, status, ...(typeof lastTransitionTime === 'string' ? { lastTransitionTime } : {}), ...rest }]
}

/** In upstream's order, a time that is not known as null. */
function oldCondition({ type, status, lastTransitionTime, reason, message }: HorizontalPodAutoscalerCondition): JsonObject {
  return { type, status, lastTransitionTime: lastTransitionTime ?? null, reason, message }
}

function valueIn(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
