/** How many pods of a budget may be disrupted now. Pure. */
import { isPodReady } from '#domain/pod-phase'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { PodDisruptionBudget } from '#kinds/policy/pod-disruption-budget.kind'
import { scaledValue } from '#meta/int-or-string'
import { isBeingDeleted } from '#meta/object'

/** As upstream: an eviction that did not lead to a deletion by then did not happen. */
export const evictionForgottenAfterMs = 120_000

export type BudgetStatus = PodDisruptionBudget['status']

/** `scale` is how many pods the owners of the budget's pods want; undefined where a pod has no owner that says. */
export function budgetStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  scale: number | undefined,
  now: { readonly ms: number; readonly text: string },
): BudgetStatus {
  const disrupted = stillDisrupted(budget, pods, now.ms)
  const wanted = expectation(budget, pods.length, scale)
  const healthy = pods.filter((pod) => isPodReady(pod) && !isBeingDeleted(pod) && disrupted[pod.metadata.name ?? ''] === undefined).length
  const expectedPods = wanted?.expectedPods ?? 0
  const desiredHealthy = wanted?.desiredHealthy ?? 0
  const disruptionsAllowed = wanted === undefined || expectedPods <= 0 ? 0 : Math.max(healthy - desiredHealthy, 0)
  const reason = wanted === undefined ? 'SyncFailed' : disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods'
  const message = wanted === undefined ? 'found no controller that says how many pods are wanted' : ''
  return {
    observedGeneration: budget.metadata.generation,
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    disruptionsAllowed,
    currentHealthy: healthy,
    desiredHealthy,
    expectedPods,
    conditions: conditionsOf(budget, disruptionsAllowed > 0 ? 'True' : 'False', reason, message, now.text),
  }
}

type Expectation = { readonly expectedPods: number; readonly desiredHealthy: number }

/** A plain number of available pods needs no owner; everything else is a share of what owners want. */
function expectation({ spec }: PodDisruptionBudget, podCount: number, scale: number | undefined): Expectation | undefined {
  if (spec?.maxUnavailable !== undefined) {
    if (scale === undefined) return undefined
    return { expectedPods: scale, desiredHealthy: Math.max(scale - (scaledValue(spec.maxUnavailable, scale, 'up') ?? 0), 0) }
  }
  const minAvailable = spec?.minAvailable ?? 1
  if (typeof minAvailable === 'number') return { expectedPods: podCount, desiredHealthy: minAvailable }
  return scale === undefined ? undefined : { expectedPods: scale, desiredHealthy: scaledValue(minAvailable, scale, 'up') ?? 0 }
}

/** Pods whose eviction was granted and that are not yet seen to go. */
function stillDisrupted(budget: PodDisruptionBudget, pods: readonly Pod[], nowMs: number): Readonly<Record<string, string>> {
  const staying = new Set(pods.filter((pod) => !isBeingDeleted(pod)).map(({ metadata }) => metadata.name))
  const granted = Object.entries(budget.status?.disruptedPods ?? {})
  return Object.fromEntries(granted.filter(([name, at]) => staying.has(name) && Date.parse(at) + evictionForgottenAfterMs > nowMs))
}

function conditionsOf(
  budget: PodDisruptionBudget,
  status: string,
  reason: string,
  message: string,
  now: string,
): BudgetStatus['conditions'] {
  const before = (budget.status?.conditions ?? []).find(({ type }) => type === 'DisruptionAllowed')
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now
  const others = (budget.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionAllowed')
  return [
    ...others,
    { type: 'DisruptionAllowed', status, observedGeneration: budget.metadata.generation, lastTransitionTime, reason, message },
  ]
}
