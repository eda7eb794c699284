/** A pod that has its node knows the zone and region of it, as labels. */
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import type { Binding } from '#kinds/core/types.gen'
import { withMeta } from '#meta/object'
import type { StateReader } from '../exchange.ts'
import { type AdmissionPlugin, definePlugin } from './plugin.ts'

const topologyKeys = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

export const podTopologyLabels: readonly [AdmissionPlugin, AdmissionPlugin] = [
  definePlugin<Pod>({
    name: 'PodTopologyLabels',
    kinds: [Pod],
    operations: ['CREATE'],
    mutate: ({ object: pod }, { state }) => withTopology(pod, pod.spec.nodeName, state),
  }),
  definePlugin<Pod>({
    name: 'PodTopologyLabels',
    kinds: [Pod],
    operations: ['CREATE'],
    subresources: ['binding'],
    mutate({ object }, { state }) {
      // The object of this write is the binding, whose labels go to the pod.
      const binding = object as unknown as Binding
      return withTopology(binding, binding.target.name, state) as unknown as Pod
    },
  }),
]

function withTopology<T extends Pod | Binding>(object: T, nodeName: string | undefined, state: StateReader): T {
  const labels = nodeName ? (state.get(Node, undefined, nodeName)?.metadata.labels ?? {}) : {}
  const found = topologyKeys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]] as const]))
  return found.length === 0 ? object : withMeta(object, { labels: { ...object.metadata.labels, ...Object.fromEntries(found) } })
}
