/** What becomes of the ReplicaSets when a Deployment is resized in the middle of an update, or while it is paused. Pure. */
import type { Deployment } from '#kinds/apps/deployment.kind'
import type { ReplicaSet } from '#kinds/apps/replica-set.kind'
import { desiredReplicasAnnotation, type History, maxReplicasAnnotation, oldestFirst, specReplicas } from './revisions.ts'
import { type Scaling, totalReplicas } from './rolling-update.ts'
import { isRolling, maxSurge, wantedReplicas } from './surge.ts'

/** Whether the Deployment was resized since its sets were last scaled. */
export function wasResized(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some((set) => {
    const desired = set.metadata.annotations?.[desiredReplicasAnnotation]
    return specReplicas(set) > 0 && desired !== undefined && Number(desired) !== wantedReplicas(deployment)
  })
}

export function scalingStep(deployment: Deployment, { current, old }: History): readonly Scaling[] {
  const wanted = wantedReplicas(deployment)
  const all = current === undefined ? old : [...old, current]
  const active = all.filter((set) => specReplicas(set) > 0)
  const only = active.length === 0 ? (current ?? oldestFirst(old).at(-1)) : active.length === 1 ? active[0] : undefined
  if (only !== undefined) return specReplicas(only) === wanted ? [] : [{ set: only, replicas: wanted }]
  if (active.length === 0) return []
  if (current !== undefined && isSaturated(deployment, current)) {
    return old.filter((set) => specReplicas(set) > 0).map((set) => ({ set, replicas: 0 }))
  }
  return isRolling(deployment) ? proportionally(deployment, active) : []
}

/** The new set has all the pods it needs: nothing hangs on the old ones any more. */
function isSaturated(deployment: Deployment, set: ReplicaSet): boolean {
  const wanted = wantedReplicas(deployment)
  return (
    specReplicas(set) === wanted &&
    Number(set.metadata.annotations?.[desiredReplicasAnnotation]) === wanted &&
    set.status.availableReplicas === wanted
  )
}

/** Shares what is to be added or taken away by size, so that a bad new version does not get all of it. */
function proportionally(deployment: Deployment, active: readonly ReplicaSet[]): readonly Scaling[] {
  const wanted = wantedReplicas(deployment)
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0
  const change = allowed - totalReplicas(active)
  let shared = 0
  const scalings = bySize(active, change > 0).map((set) => {
    const share = shareOf(deployment, set, change, shared)
    shared += share
    return { set, replicas: specReplicas(set) + share }
  })
  // What rounding leaves over goes to the largest. Sets whose size stays are listed too: their annotations change.
  return scalings.map((scaling, index) =>
    index === 0 ? { ...scaling, replicas: Math.max(scaling.replicas + change - shared, 0) } : scaling,
  )
}

/** Largest first; among equals the newer when growing, the older when shrinking. */
function bySize(sets: readonly ReplicaSet[], isGrowing: boolean): readonly ReplicaSet[] {
  const oldest = oldestFirst(sets)
  return (isGrowing ? [...oldest].reverse() : [...oldest]).sort((a, b) => specReplicas(b) - specReplicas(a))
}

function shareOf(deployment: Deployment, set: ReplicaSet, change: number, shared: number): number {
  if (specReplicas(set) === 0 || change === 0 || change === shared) return 0
  const fraction = fractionOf(deployment, set)
  return change > 0 ? Math.min(fraction, change - shared) : Math.max(fraction, change - shared)
}

function fractionOf(deployment: Deployment, set: ReplicaSet): number {
  const size = specReplicas(set)
  if (wantedReplicas(deployment) === 0) return -size
  const before = Number(set.metadata.annotations?.[maxReplicasAnnotation] ?? deployment.status.replicas ?? 0)
  if (!(before > 0)) return 0
  return Math.round((size * (wantedReplicas(deployment) + maxSurge(deployment))) / before) - size
}
