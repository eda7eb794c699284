/** What the rules depend on besides services and their endpoints: on which node, in which zone, they are made. */
import type { Node } from '#kinds/core/types.gen'

export type NodeFacts = { readonly name: string; readonly zone: string | undefined }

export function zoneOf(node: Node): string | undefined {
  return node.metadata.labels?.['topology.kubernetes.io/zone']
}
