/** What a set of replicas has to do: compare the pods that are there with those that should be. Pure. */
import { nonZero } from '#domain/counts'
import { availableInMs, isPodActive, isPodReady, isPodTerminating } from '#domain/pod-phase'
import type { ReplicaSetCondition, ReplicaSetStatus } from '#kinds/apps/types.gen'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { conditionOf, withCondition, withoutCondition } from '#meta/conditions'
import { inDeletionOrder } from '../deletion-order.ts'

/** What ReplicaSet and ReplicationController have in common. */
export type WantedReplicas = {
  readonly replicas: number
  readonly minReadySeconds: number
  readonly templateLabels: Readonly<Record<string, string>>
  readonly generation: number | undefined
  readonly isBeingDeleted: boolean
}

export type ReplicaPlan = { readonly createCount: number; readonly deletes: readonly Pod[] }

// As upstream: no more than this at once, so that one set does not starve the others.
const burstMax = 500

/** `pods` are those that the set owns, `related` those of its whole workload. */
export function planReplicas(wanted: WantedReplicas, pods: readonly Pod[], related: readonly Pod[], nowMs: number): ReplicaPlan {
  if (wanted.isBeingDeleted) return { createCount: 0, deletes: [] }
  const active = pods.filter(isPodActive)
  const missing = wanted.replicas - active.length
  if (missing >= 0) return { createCount: Math.min(missing, burstMax), deletes: [] }
  return { createCount: 0, deletes: inDeletionOrder(active, related, nowMs).slice(0, Math.min(-missing, burstMax)) }
}

/** Why the last creation or deletion did not work out. */
export type ReplicaFailure = { readonly reason: 'FailedCreate' | 'FailedDelete'; readonly message: string }

export function replicaStatus(
  wanted: WantedReplicas,
  old: ReplicaSetStatus | undefined,
  pods: readonly Pod[],
  failure: ReplicaFailure | undefined,
  now: { readonly ms: number; readonly text: string },
): ReplicaSetStatus {
  const active = pods.filter(isPodActive)
  const isFullyLabeled = (pod: Pod) => Object.entries(wanted.templateLabels).every(([key, value]) => pod.metadata.labels?.[key] === value)
  const conditions = conditionsAfter(old?.conditions ?? [], failure, now.text)
  return {
    replicas: active.length,
    ...nonZero({
      fullyLabeledReplicas: active.filter(isFullyLabeled).length,
      readyReplicas: active.filter(isPodReady).length,
      availableReplicas: active.filter((pod) => availableInMs(pod, wanted.minReadySeconds, now.ms) === 0).length,
    }),
    terminatingReplicas: pods.filter(isPodTerminating).length,
    observedGeneration: wanted.generation,
    ...(conditions.length === 0 ? {} : { conditions }),
  }
}

/** The same reason is told once: messages name pods that were never made, and each new one would wake the controller again. */
function conditionsAfter(
  before: readonly ReplicaSetCondition[],
  failure: ReplicaFailure | undefined,
  now: string,
): readonly ReplicaSetCondition[] {
  if (failure === undefined) return withoutCondition(before, 'ReplicaFailure')
  if (conditionOf(before, 'ReplicaFailure')?.reason === failure.reason) return before
  return withCondition(before, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: now, ...failure })
}

/** When the next pod that is ready becomes available; undefined if none waits for that. */
export function nextAvailableInMs(pods: readonly Pod[], minReadySeconds: number, nowMs: number): number | undefined {
  const waits = pods.filter(isPodActive).map((pod) => availableInMs(pod, minReadySeconds, nowMs) ?? 0)
  const pending = waits.filter((ms) => ms > 0)
  return pending.length === 0 ? undefined : Math.min(...pending)
}
