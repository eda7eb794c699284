/** A DaemonSet's pods as they stand on the nodes. Pure. */
import { availableInMs, isPodFinished } from '#domain/pod-phase'
import type { DaemonSet } from '#kinds/apps/daemon-set.kind'
import type { Node } from '#kinds/core/node.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { scaledValue } from '#meta/int-or-string'
import { isBeingDeleted } from '#meta/object'
import { podRevisionLabel } from '../revision-history.ts'
import { nodeNameOf } from './daemon-pod.ts'
import { type Placement, placementOn } from './placement.ts'

export type NodeView = Placement & {
  readonly name: string
  /** Those with a node before those without, the oldest first; those that have ended and are told to go are left out. */
  readonly pods: readonly Pod[]
}

export type DaemonView = {
  readonly daemonSet: DaemonSet
  /** The revision of the template. */
  readonly hash: string
  readonly nodes: readonly NodeView[]
  /** Waiting for a node that is no longer there. */
  readonly strays: readonly Pod[]
  readonly nowMs: number
}

export function observeDaemonSet(
  daemonSet: DaemonSet,
  hash: string,
  { nodes, pods }: { readonly nodes: readonly Node[]; readonly pods: readonly Pod[] },
  nowMs: number,
): DaemonView {
  const placementOf = placementOn(daemonSet)
  const counted = pods.filter((pod) => !(isPodFinished(pod) && isBeingDeleted(pod)))
  const byNode = Map.groupBy(inOrder(counted), nodeNameOf)
  const names = new Set(nodes.map(({ metadata }) => metadata.name))
  return {
    daemonSet,
    hash,
    nodes: nodes.map((node) => {
      const name = node.metadata.name ?? ''
      return { name, ...placementOf(node), pods: byNode.get(name) ?? [] }
    }),
    strays: counted.filter((pod) => !pod.spec.nodeName && !names.has(nodeNameOf(pod) ?? '')),
    nowMs,
  }
}

export function isUpdated(pod: Pod, { hash }: DaemonView): boolean {
  return pod.metadata.labels?.[podRevisionLabel] === hash
}

export function isAvailable(pod: Pod, { daemonSet, nowMs }: DaemonView): boolean {
  return availableInMs(pod, daemonSet.spec.minReadySeconds ?? 0, nowMs) === 0
}

/** How many pods a rolling update may add, or miss, at a time. Both zero would leave no way to go. */
export function updateBounds({ daemonSet, nodes }: DaemonView): { readonly surge: number; readonly unavailable: number } {
  const wantedCount = nodes.filter(({ isWanted }) => isWanted).length
  const { maxSurge = 0, maxUnavailable = 1 } = daemonSet.spec.updateStrategy?.rollingUpdate ?? {}
  const surge = scaledValue(maxSurge, wantedCount, 'up') ?? 0
  const unavailable = scaledValue(maxUnavailable, wantedCount, 'up') ?? 1
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

function inOrder(pods: readonly Pod[]): readonly Pod[] {
  const rankOf = ({ spec, metadata }: Pod) => `${spec.nodeName ? 0 : 1} ${metadata.creationTimestamp} ${metadata.name}`
  return pods.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1))
}
