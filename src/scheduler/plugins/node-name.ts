/** A pod that names its node goes there or nowhere. */
import { onNode } from '../framework/cluster-event.ts'
import type { FilterPlugin } from '../framework/plugin.ts'
import { pass, unresolvable } from '../framework/verdict.ts'

const otherNode = unresolvable("node(s) didn't match the requested node name")

export const nodeName: FilterPlugin = {
  name: 'NodeName',
  wakesOn: [onNode('node-added', (pod, node) => node.metadata.name === pod.pod.spec?.nodeName)],
  filter(pod, { nodes }) {
    const wanted = pod.pod.spec?.nodeName
    if (!wanted) return undefined
    return (slot) => (nodes.at(slot).name === wanted ? pass : otherNode)
  },
}
