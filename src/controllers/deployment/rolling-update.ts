/** One step of a rolling update: how many pods each ReplicaSet should have next. Pure. */
import type { Deployment } from '#kinds/apps/deployment.kind'
import type { ReplicaSet } from '#kinds/apps/replica-set.kind'
import { oldestFirst, specReplicas } from './revisions.ts'
import { isRolling, maxSurge, maxUnavailable, wantedReplicas } from './surge.ts'

export type Scaling = { readonly set: ReplicaSet; readonly replicas: number }

export function totalReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + specReplicas(set), 0)
}

function availableReplicas(set: ReplicaSet): number {
  return set.status.availableReplicas ?? 0
}

/** What the new set may grow to, given all that are there (`currentReplicas` is what it asks for now). */
export function newSetReplicas(deployment: Deployment, all: readonly ReplicaSet[], currentReplicas: number): number {
  const wanted = wantedReplicas(deployment)
  if (!isRolling(deployment)) return wanted
  const room = wanted + maxSurge(deployment) - totalReplicas(all)
  return room <= 0 ? currentReplicas : currentReplicas + Math.min(room, wanted - currentReplicas)
}

/** First up, then down: an empty list means that nothing can, or has to, be done now. */
export function rollingStep(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): readonly Scaling[] {
  const size = specReplicas(current)
  const wanted = wantedReplicas(deployment)
  const next = size > wanted ? wanted : newSetReplicas(deployment, [...old, current], size)
  return next === size ? shrinkOldSets(deployment, current, old) : [{ set: current, replicas: next }]
}

/** Pods that never became available go first, since nobody misses them; then as many as availability allows. */
function shrinkOldSets(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): readonly Scaling[] {
  const minAvailable = wantedReplicas(deployment) - maxUnavailable(deployment)
  const newUnavailable = specReplicas(current) - availableReplicas(current)
  const maxScaledDown = totalReplicas([...old, current]) - minAvailable - newUnavailable
  if (totalReplicas(old) === 0 || maxScaledDown <= 0) return []
  const sizes = new Map(oldestFirst(old).map((set) => [set, specReplicas(set)]))
  shrink(sizes, maxScaledDown, (set, size) => Math.max(size - availableReplicas(set), 0))
  const available = [...old, current].reduce((sum, set) => sum + availableReplicas(set), 0)
  shrink(sizes, available - minAvailable, (_, size) => size)
  return [...sizes].filter(([set, size]) => size !== specReplicas(set)).map(([set, replicas]) => ({ set, replicas }))
}

/** Takes up to `budget` pods away, from each set at most what `removable` says. */
function shrink(sizes: Map<ReplicaSet, number>, budget: number, removable: (set: ReplicaSet, size: number) => number): void {
  let left = Math.max(budget, 0)
  for (const [set, size] of sizes) {
    const count = Math.min(removable(set, size), left)
    left -= count
    sizes.set(set, size - count)
  }
}
