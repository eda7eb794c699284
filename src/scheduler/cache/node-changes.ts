/** Which events for waiting pods lie in a change of a node. */
import type { Node } from '#kinds/core/types.gen'
import { isSameValue } from '#kinds/same-value'
import type { NodeEventKind } from '../framework/cluster-event.ts'

export function nodeChanges(old: Node, node: Node): readonly NodeEventKind[] {
  const changes: NodeEventKind[] = []
  if (!isSameValue(old.status?.allocatable, node.status?.allocatable)) changes.push('node-allocatable-changed')
  if (!isSameValue(old.metadata.labels, node.metadata.labels)) changes.push('node-labels-changed')
  if (!isSameValue(taintsOf(old), taintsOf(node))) changes.push('node-taints-changed')
  return changes
}

function taintsOf({ spec }: Node) {
  return [spec?.unschedulable ?? false, spec?.taints ?? []]
}
