/**
 * Keeps a wanted size within its bounds, and changes it no faster than the rules allow: recent recommendations hold it back, and
 * each direction has its limits per period. As upstream (pkg/controller/podautoscaler/horizontal.go). Pure.
 */
import type { HorizontalPodAutoscaler } from '#kinds/autoscaling/horizontal-pod-autoscaler.kind'
import type { HPAScalingPolicy, HPAScalingRules } from '#kinds/autoscaling/types.gen'

type Recommendation = { readonly atMs: number; readonly replicas: number }
/** Pods that were added (more than zero) or taken away. */
type Change = { readonly atMs: number; readonly by: number }

/** What is remembered of one autoscaler. */
export type Memory = { readonly recommendations: readonly Recommendation[]; readonly changes: readonly Change[] }
export const nothingRemembered: Memory = { recommendations: [], changes: [] }

export type Verdict = { readonly reason: string; readonly message: string }
export type Limited = {
  readonly replicas: number
  /** Why the recommendation was held back; undefined where it was not. */
  readonly stabilized?: Verdict
  /** Where the size stands between its limits. */
  readonly limit: Verdict
  readonly isLimited: boolean
}

export type Wish = { readonly current: number; readonly desired: number }

const memoryMs = 3600_000

export function limitReplicas(
  { spec }: HorizontalPodAutoscaler,
  { current, desired }: Wish,
  memory: Memory,
  { nowMs, downscaleStabilizationMs }: { readonly nowMs: number; readonly downscaleStabilizationMs: number },
): Limited {
  const { behavior, minReplicas = 1, maxReplicas } = spec
  const window = (rules: HPAScalingRules | undefined, defaultMs: number) =>
    rules?.stabilizationWindowSeconds === undefined ? defaultMs : rules.stabilizationWindowSeconds * 1000
  const since = (windowMs: number) => memory.recommendations.filter(({ atMs }) => atMs > nowMs - windowMs).map(({ replicas }) => replicas)
  const lowest = Math.min(desired, ...since(window(behavior?.scaleUp, 0)))
  const highest = Math.max(desired, ...since(window(behavior?.scaleDown, downscaleStabilizationMs)))
  // As upstream: without rules of its own an autoscaler is held back downwards only.
  const steady = behavior === undefined ? highest : Math.min(Math.max(current, lowest), highest)
  const held = steady === desired ? undefined : steady > desired ? scaleDownStabilized : scaleUpStabilized
  const rates = behavior === undefined ? defaultRates(current) : ratesOf(current, behavior, memory.changes, nowMs)
  const top = Math.min(maxReplicas, rates.top)
  const bottom = Math.max(minReplicas, rates.bottom)
  const stabilized = held === undefined ? {} : { stabilized: held }
  if (steady > top)
    return { replicas: top, ...stabilized, limit: maxReplicas > rates.top ? scaleUpLimit : tooManyReplicas, isLimited: true }
  if (steady < bottom)
    return { replicas: bottom, ...stabilized, limit: minReplicas < rates.bottom ? scaleDownLimit : tooFewReplicas, isLimited: true }
  return { replicas: steady, ...stabilized, limit: withinRange, isLimited: false }
}

export function remember(memory: Memory, { current, desired }: Wish, scaledTo: number, nowMs: number): Memory {
  const recent = <T extends { readonly atMs: number }>(entries: readonly T[]) => entries.filter(({ atMs }) => atMs > nowMs - memoryMs)
  const change = scaledTo === current ? [] : [{ atMs: nowMs, by: scaledTo - current }]
  return {
    recommendations: [...recent(memory.recommendations), { atMs: nowMs, replicas: desired }],
    changes: [...recent(memory.changes), ...change],
  }
}

type Rates = { readonly top: number; readonly bottom: number }

function defaultRates(current: number): Rates {
  return { top: Math.max(2 * current, 4), bottom: 0 }
}

function ratesOf(
  current: number,
  { scaleUp, scaleDown }: NonNullable<HorizontalPodAutoscaler['spec']['behavior']>,
  changes: readonly Change[],
  nowMs: number,
): Rates {
  const startOf = ({ periodSeconds }: HPAScalingPolicy) =>
    current - changes.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1000).reduce((sum, { by }) => sum + by, 0)
  const ups = (scaleUp?.policies ?? []).map((policy) =>
    policy.type === 'Pods' ? startOf(policy) + policy.value : Math.ceil(startOf(policy) * (1 + policy.value / 100)),
  )
  const downs = (scaleDown?.policies ?? []).map((policy) =>
    policy.type === 'Pods' ? startOf(policy) - policy.value : Math.trunc(startOf(policy) * (1 - policy.value / 100)),
  )
  const top = scaleUp?.selectPolicy === 'Min' ? Math.min(...ups) : Math.max(...ups)
  const bottom = scaleDown?.selectPolicy === 'Min' ? Math.max(...downs) : Math.min(...downs)
  return {
    top: scaleUp?.selectPolicy === 'Disabled' ? current : Math.max(top, current),
    bottom: scaleDown?.selectPolicy === 'Disabled' ? current : Math.min(bottom, current),
  }
}

const scaleDownStabilized: Verdict = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
}
const scaleUpStabilized: Verdict = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
}
const scaleUpLimit: Verdict = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
}
const scaleDownLimit: Verdict = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
}
const tooManyReplicas: Verdict = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' }
const tooFewReplicas: Verdict = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' }
const withinRange: Verdict = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' }
