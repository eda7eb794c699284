/** Pods with `spec.schedulingGates` are not looked at before whoever set the gates has taken them away. */
import type { GatePlugin } from '../framework/plugin.ts'

export const schedulingGates: GatePlugin = {
  name: 'SchedulingGates',
  // Only a change of the pod itself helps, and that brings it back anyway.
  wakesOn: [],
  gate({ pod }) {
    const gates = pod.spec?.schedulingGates ?? []
    if (gates.length === 0) return undefined
    return `waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`
  },
}
