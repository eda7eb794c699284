/** Behavior as autoscaling/v1 keeps it in an annotation: as upstream, under the names that the fields have in Go. Pure. */
import { isJsonObject, type JsonObject } from '#meta/schema/go-type'
import type { HorizontalPodAutoscalerBehavior, HPAScalingRules } from './types.gen.ts'

export function oldBehavior({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): JsonObject {
  return { ScaleUp: oldRules(scaleUp), ScaleDown: oldRules(scaleDown) }
}

function oldRules(rules: HPAScalingRules | undefined): JsonObject | null {
  if (rules === undefined) return null
  const { stabilizationWindowSeconds = null, selectPolicy = null, policies, tolerance = null } = rules
  return {
    StabilizationWindowSeconds: stabilizationWindowSeconds,
    SelectPolicy: selectPolicy,
    Policies: policies?.map(({ type, value, periodSeconds }) => ({ Type: type, Value: value, PeriodSeconds: periodSeconds })) ?? null,
    Tolerance: tolerance,
  }
}

/** Go reads names in any case; ours begin with a small letter. Nulls are what is absent. */
export function newBehavior(old: unknown): unknown {
  if (Array.isArray(old)) return old.map(newBehavior)
  if (!isJsonObject(old)) return old
  const present = Object.entries(old).filter(([, value]) => value !== null)
  return Object.fromEntries(present.map(([name, value]) => [`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`, newBehavior(value)]))
}
