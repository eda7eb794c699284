/** How far a rolling update may go above and below the wanted number of pods. */
import type { Deployment } from '#kinds/apps/deployment.kind'
import { scaledValue } from '#meta/int-or-string'

export function wantedReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1
}

export function isRolling(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type !== 'Recreate'
}

/** Pods that may exist beyond the wanted number. */
export function maxSurge(deployment: Deployment): number {
  return isRolling(deployment) ? bounds(deployment).surge : 0
}

/** Wanted pods that may be missing. */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = wantedReplicas(deployment)
  return isRolling(deployment) && replicas > 0 ? Math.min(bounds(deployment).unavailable, replicas) : 0
}

function bounds(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const replicas = wantedReplicas(deployment)
  const { maxSurge: surgeText = '25%', maxUnavailable: unavailableText = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {}
  const surge = scaledValue(surgeText, replicas, 'up') ?? 0
  const unavailable = scaledValue(unavailableText, replicas, 'down') ?? 0
  // Both zero would leave no way to go: one pod has to give way first.
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable }
}
