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

/** Undefined where it says nothing, or not in a form that can be read. */
export function newBehavior(old: unknown): HorizontalPodAutoscalerBehavior | undefined {
  const behavior = renamed(old)
  if (!isJsonObject(behavior)) return undefined
  const { scaleUp, scaleDown } = behavior
  const rules = [scaleUp, scaleDown].filter((one) => one !== undefined)
  return rules.length > 0 && rules.every(isJsonObject)
    ? { ...(isJsonObject(scaleUp) ? { scaleUp } : {}), ...(isJsonObject(scaleDown) ? { scaleDown } : {}) }
    : undefined
}

/** Go reads names in any case; ours begin with a small letter. Nulls are what is absent. */
function renamed(old: unknown): unknown {
  if (Array.isArray(old)) return old.map(renamed)
  if (!isJsonObject(old)) return old
  const present = Object.entries(old).filter(([, value]) => value !== null)
  return Object.fromEntries(present.map(([name, value]) => [`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`, renamed(value)]))
}
