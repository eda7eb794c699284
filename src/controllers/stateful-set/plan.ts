/** Which pods of a StatefulSet to make and which to delete now: in the order of their ordinals, or all at once. Pure. */
import { availableInMs, isPodFinished, isPodReady } from '#domain/pod-phase'
import type { ControllerRevision } from '#kinds/apps/controller-revision.kind'
import type { StatefulSet } from '#kinds/apps/stateful-set.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { isBeingDeleted } from '#meta/object'
import { firstOrdinal, isCondemned, revisionNameOf, wantedOrdinals } from './stateful-pod.ts'

export type StatefulView = {
  readonly set: StatefulSet
  /** By ordinal. */
  readonly pods: ReadonlyMap<number, Pod>
  /** That of pods which the rolling update has not reached yet. */
  readonly current: ControllerRevision
  readonly update: ControllerRevision
  /** Ordinals of which a claim is on its way out: a pod would wait for it in vain. */
  readonly leavingClaims: ReadonlySet<number>
}

export type Creation = { readonly ordinal: number; readonly revision: ControllerRevision }
export type StatefulPlan = { readonly creations: readonly Creation[]; readonly deletions: readonly Pod[] }

const nothing: StatefulPlan = { creations: [], deletions: [] }

export function planStatefulSet(view: StatefulView, nowMs: number): StatefulPlan {
  if (isBeingDeleted(view.set)) return nothing
  return isParallel(view.set) ? planTogether(view, nowMs) : planInOrder(view, nowMs)
}

function isParallel({ spec }: StatefulSet): boolean {
  return spec.podManagementPolicy === 'Parallel'
}

/** One step, and only after all that stands before it is done. */
function planInOrder(view: StatefulView, nowMs: number): StatefulPlan {
  const { set, pods, leavingClaims } = view
  for (const ordinal of wantedOrdinals(set)) {
    const pod = pods.get(ordinal)
    if (pod === undefined) return leavingClaims.has(ordinal) ? nothing : { ...nothing, creations: [creationOf(view, ordinal)] }
    if (isPodFinished(pod)) return { ...nothing, deletions: isBeingDeleted(pod) ? [] : [pod] }
    if (!isAvailable(pod, set, nowMs)) return nothing
  }
  const condemned = condemnedPods(view)
  const [last] = condemned
  if (last === undefined) return planUpdate(view, nowMs)
  // As upstream: a pod that is not available holds the others up, and goes itself only when none below it is so too.
  const lowestUnhealthy = condemned.findLast((pod) => !isHealthy(pod))
  const mayGo = !isBeingDeleted(last) && (isAvailable(last, set, nowMs) || last === lowestUnhealthy)
  return { ...nothing, deletions: mayGo ? [last] : [] }
}

function planTogether(view: StatefulView, nowMs: number): StatefulPlan {
  const { set, pods, leavingClaims } = view
  const ordinals = wantedOrdinals(set)
  const missing = ordinals.filter((ordinal) => !pods.has(ordinal) && !leavingClaims.has(ordinal))
  const wanted = ordinals.map((ordinal) => pods.get(ordinal)).filter((pod) => pod !== undefined)
  const surplus = [...wanted.filter(isPodFinished), ...condemnedPods(view)].filter((pod) => !isBeingDeleted(pod))
  const outdated = planUpdate(view, nowMs).deletions.filter((pod) => !surplus.includes(pod))
  return { creations: missing.map((ordinal) => creationOf(view, ordinal)), deletions: [...surplus, ...outdated] }
}

/** The last pod of an old revision gives way, once those behind it are up to date and available. */
function planUpdate({ set, pods, update }: StatefulView, nowMs: number): StatefulPlan {
  if (set.spec.updateStrategy?.type === 'OnDelete') return nothing
  for (const ordinal of wantedOrdinals(set).slice(partitionOf(set)).toReversed()) {
    const pod = pods.get(ordinal)
    if (pod === undefined) return nothing
    if (revisionNameOf(pod) !== update.metadata.name && !isBeingDeleted(pod)) return { ...nothing, deletions: [pod] }
    if (!isAvailable(pod, set, nowMs)) return nothing
  }
  return nothing
}

/** A pod below the partition comes back as it was. */
function creationOf({ set, current, update }: StatefulView, ordinal: number): Creation {
  const isOld = set.spec.updateStrategy?.type !== 'OnDelete' && ordinal < firstOrdinal(set) + partitionOf(set)
  return { ordinal, revision: isOld ? current : update }
}

function partitionOf({ spec }: StatefulSet): number {
  return spec.updateStrategy?.rollingUpdate?.partition ?? 0
}

/** Highest ordinal first. */
function condemnedPods({ set, pods }: StatefulView): readonly Pod[] {
  const ordinals = [...pods.keys()].filter((ordinal) => isCondemned(set, ordinal)).sort((a, b) => b - a)
  return ordinals.map((ordinal) => pods.get(ordinal)).filter((pod) => pod !== undefined)
}

function isHealthy(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isPodReady(pod) && !isBeingDeleted(pod)
}

function isAvailable(pod: Pod, { spec }: StatefulSet, nowMs: number): boolean {
  return isHealthy(pod) && availableInMs(pod, spec.minReadySeconds ?? 0, nowMs) === 0
}
