/** What a DaemonSet says of itself. Of several pods on a node the oldest counts. Pure. */
import { nonZero } from '#domain/counts'
import { isPodReady } from '#domain/pod-phase'
import type { DaemonSetStatus } from '#kinds/apps/types.gen'
import { type DaemonView, isAvailable, isUpdated } from './observe.ts'

export function daemonSetStatus(view: DaemonView, collisionCount: number | undefined): DaemonSetStatus {
  const { daemonSet, nodes } = view
  const wanted = nodes.filter(({ isWanted }) => isWanted)
  const pods = wanted.map((node) => node.pods[0]).filter((pod) => pod !== undefined)
  const numberAvailable = pods.filter((pod) => isPodReady(pod) && isAvailable(pod, view)).length
  return {
    currentNumberScheduled: pods.length,
    numberMisscheduled: nodes.filter(({ isWanted, pods: misplaced }) => !isWanted && misplaced.length > 0).length,
    desiredNumberScheduled: wanted.length,
    numberReady: pods.filter(isPodReady).length,
    observedGeneration: daemonSet.metadata.generation,
    ...nonZero({
      updatedNumberScheduled: pods.filter((pod) => isUpdated(pod, view)).length,
      numberAvailable,
      numberUnavailable: wanted.length - numberAvailable,
    }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(daemonSet.status.conditions === undefined ? {} : { conditions: daemonSet.status.conditions }),
  }
}
