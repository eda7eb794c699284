/** Where a pod is in its life, as controllers judge it. */
import type { Pod } from '#kinds/core/pod/pod.kind'
import { conditionOf } from '#meta/conditions'
import { isBeingDeleted } from '#meta/object'

/** Succeeded or Failed: its containers will not run again. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

/** Neither finished nor on its way out: it counts towards the replicas of its owner. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && !isBeingDeleted(pod)
}

/** On its way out, with containers that may still run. */
export function isPodTerminating(pod: Pod): boolean {
  return !isPodFinished(pod) && isBeingDeleted(pod)
}

export function isPodReady(pod: Pod): boolean {
  return conditionOf(pod.status?.conditions, 'Ready')?.status === 'True'
}

/** When the pod became ready, in milliseconds; undefined while it is not, or if it does not say. */
export function readySinceMs(pod: Pod): number | undefined {
  const ready = conditionOf(pod.status?.conditions, 'Ready')
  if (ready?.status !== 'True' || ready.lastTransitionTime === undefined) return undefined
  return Date.parse(ready.lastTransitionTime)
}

/** How long until the pod counts as available: 0 for now, undefined while it is not ready. */
export function availableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  if (!isPodReady(pod)) return undefined
  if (minReadySeconds === 0) return 0
  const sinceMs = readySinceMs(pod)
  return sinceMs === undefined ? undefined : Math.max(sinceMs + minReadySeconds * 1000 - nowMs, 0)
}
