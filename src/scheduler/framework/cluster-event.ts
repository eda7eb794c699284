/** What happens in the cluster that may let a waiting pod fit, and which waiting pods it concerns. */
import type { Node } from '#kinds/core/types.gen'
import type { PodFacts } from './pod-facts.ts'

export type NodeEventKind = 'node-added' | 'node-allocatable-changed' | 'node-labels-changed' | 'node-taints-changed'

export type PodEventKind = 'assigned-pod-added' | 'assigned-pod-labels-changed' | 'assigned-pod-scaled-down' | 'assigned-pod-deleted'
export type ObjectEventKind = 'claim-changed' | 'volume-changed' | 'storage-class-changed' | 'namespace-changed'

export type ClusterEvent =
  | { readonly kind: NodeEventKind; readonly node: Node }
  | { readonly kind: PodEventKind; readonly pod: PodFacts }
  | { readonly kind: ObjectEventKind }

/** A plugin that rejected a pod may change its mind after such an event, unless `helps` says no. */
export type Wake = { readonly on: ClusterEvent['kind']; readonly helps?: (waiting: PodFacts, event: ClusterEvent) => boolean }

export function on(kind: ObjectEventKind): Wake {
  return { on: kind }
}

export function onNode(kind: NodeEventKind, helps?: (waiting: PodFacts, node: Node) => boolean): Wake {
  if (helps === undefined) return { on: kind }
  return { on: kind, helps: (waiting, event) => !('node' in event) || helps(waiting, event.node) }
}

export function onPod(kind: PodEventKind, helps?: (waiting: PodFacts, pod: PodFacts) => boolean): Wake {
  if (helps === undefined) return { on: kind }
  return { on: kind, helps: (waiting, event) => !('pod' in event) || helps(waiting, event.pod) }
}
