/** Cordoned nodes take no new pods, except those that tolerate the taint that says so. */
import { isTolerated } from '#domain/tolerations'
import { onNode } from '../framework/cluster-event.ts'
import type { FilterPlugin } from '../framework/plugin.ts'
import { pass, unresolvable } from '../framework/verdict.ts'

const unschedulableTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
const cordoned = unresolvable('node(s) were unschedulable')

export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  wakesOn: [
    onNode('node-added', (_, node) => !node.spec?.unschedulable),
    onNode('node-taints-changed', (_, node) => !node.spec?.unschedulable),
  ],
  filter(pod, { nodes }) {
    if (isTolerated(unschedulableTaint, pod.pod.spec?.tolerations)) return undefined
    return (slot) => (nodes.at(slot).isUnschedulable ? cordoned : pass)
  },
}
