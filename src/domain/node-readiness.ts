/** Whether a node says that it is ready. */
import type { Node } from '#kinds/core/types.gen'

export function isReadyNode(node: Node): boolean {
  return node.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false
}
