/** What a StatefulSet says of itself. Pure. */
import { nonZero } from '#domain/counts'
import { availableInMs, isPodReady } from '#domain/pod-phase'
import type { StatefulSetStatus } from '#kinds/apps/types.gen'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { isBeingDeleted } from '#meta/object'
import type { StatefulView } from './plan.ts'
import { revisionNameOf } from './stateful-pod.ts'

export function statefulSetStatus(view: StatefulView, collisionCount: number | undefined, nowMs: number): StatefulSetStatus {
  const { set, current, update } = view
  const pods = [...view.pods.values()]
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod))
  const isOf = (name: string | undefined) => (pod: Pod) => !isBeingDeleted(pod) && revisionNameOf(pod) === name
  const updatedReplicas = pods.filter(isOf(update.metadata.name)).length
  const currentReplicas = pods.filter(isOf(current.metadata.name)).length
  const wanted = set.spec.replicas ?? 1
  const isRolling = set.spec.updateStrategy?.type !== 'OnDelete'
  // The update is over when all pods are there, ready, and of the new revision: from then on it is the current one.
  const isOver = isRolling && [updatedReplicas, ready.length, pods.length].every((count) => count === wanted)
  const { metadata } = isOver ? update : current
  return {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    ...nonZero({ readyReplicas: ready.length, currentReplicas: isOver ? updatedReplicas : currentReplicas, updatedReplicas }),
    currentRevision: metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: collisionCount ?? 0,
    ...(set.status.conditions === undefined ? {} : { conditions: set.status.conditions }),
    availableReplicas: ready.filter((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, nowMs) === 0).length,
  }
}
