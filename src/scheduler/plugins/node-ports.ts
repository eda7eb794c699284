/** Two pods on one node cannot have the same host port. */
import { onNode, onPod } from '../framework/cluster-event.ts'
import type { FilterPlugin } from '../framework/plugin.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { pass, unschedulable } from '../framework/verdict.ts'

const taken = unschedulable("node(s) didn't have free ports for the requested pod ports")

export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  wakesOn: [onNode('node-added'), onPod('assigned-pod-deleted', sharePort)],
  filter({ hostPorts }, { nodes }) {
    if (hostPorts.length === 0) return undefined
    return (slot) => (hostPorts.some((port) => nodes.at(slot).ports.conflicts(port)) ? taken : pass)
  },
}

function sharePort(waiting: PodFacts, gone: PodFacts): boolean {
  return gone.hostPorts.some((freed) => waiting.hostPorts.some(({ port, protocol }) => port === freed.port && protocol === freed.protocol))
}
