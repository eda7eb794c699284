/** A pod on a node gets no more than the node has. */
import { podTotals } from '#domain/pod-totals'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import { quantityMilliValue, quantityValue } from '#meta/quantity'
import { StatusError } from '#meta/status'
import { definePlugin, refusal } from './plugin.ts'

/** By the units in which upstream shows them. */
const units = { cpu: quantityMilliValue, memory: quantityValue } as const

export const podResize = definePlugin<Pod>({
  name: 'PodResizeValidator',
  kinds: [Pod],
  operations: ['UPDATE'],
  subresources: ['resize'],
  validate(admission, { state }) {
    const { object: pod, old } = admission
    const node = pod.spec.nodeName ? state.get(Node, undefined, pod.spec.nodeName) : undefined
    if (node === undefined || old === undefined || isSameValue(pod.spec, old.spec)) return
    const wanted = podTotals(pod.spec, 'requests')
    for (const name of ['cpu', 'memory'] as const) {
      const [requested, allocatable] = [units[name](wanted[name] ?? '0'), units[name](node.status.allocatable?.[name] ?? '0')]
      if (requested <= allocatable) continue
      const why = `node didn't have enough allocatable resources: ${name}, requested: ${requested}, allocatable: ${allocatable}`
      const { code, reason, message, details } = refusal(admission, why)
      throw new StatusError(code, reason, message, { ...details, causes: [{ reason: 'NodeCapacity' }] })
    }
  },
})
