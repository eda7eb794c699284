/** Turns the name of a pod's priority class into its number, and keeps the classes in order. */
import { Pod } from '#kinds/core/pod/pod.kind'
import { PriorityClass } from '#kinds/scheduling/priority-class.kind'
import type { StateReader } from '../exchange.ts'
import { type Admission, type AdmissionDeps, definePlugin, refusal } from './plugin.ts'

export const podPriority = definePlugin<Pod>({
  name: 'Priority',
  kinds: [Pod],
  operations: ['CREATE', 'UPDATE'],
  mutate: (admission, deps) => (admission.operation === 'CREATE' ? withPriority(admission, deps) : withOldPriority(admission)),
})

export const priorityClasses = definePlugin<PriorityClass>({
  name: 'Priority',
  kinds: [PriorityClass],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  validate(admission, { state }) {
    if (admission.operation === 'DELETE') refuseSystemClass(admission)
    else refuseSecondDefault(admission, state)
  },
})

type Computed = { readonly className: string; readonly priority: number; readonly preemptionPolicy: string }

const lowerPriority = 'PreemptLowerPriority'

function withPriority(admission: Admission<Pod>, { state }: AdmissionDeps): Pod {
  const { spec } = admission.object
  if (spec === undefined) return admission.object
  const { className, priority, preemptionPolicy } = computed(admission, spec.priorityClassName ?? '', state)
  const text = 'must not be provided in pod spec; priority admission controller computed'
  if (spec.priority !== undefined && spec.priority !== priority) {
    throw refusal(admission, `the integer value of priority (${spec.priority}) ${text} ${priority} from the given PriorityClass name`)
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    const given = spec.preemptionPolicy
    throw refusal(
      admission,
      `the string value of PreemptionPolicy (${given}) ${text} ${preemptionPolicy} from the given PriorityClass name`,
    )
  }
  const name = className === '' ? {} : { priorityClassName: className }
  return { ...admission.object, spec: { ...spec, ...name, priority, preemptionPolicy } }
}

function computed(admission: Admission<Pod>, className: string, state: StateReader): Computed {
  if (className === '') return defaultPriority(state)
  const found = state.get(PriorityClass, undefined, className)
  if (found === undefined) throw refusal(admission, `no PriorityClass with name ${className} was found`)
  return computedOf(found)
}

/** The class that is marked as default; of several, by whatever accident, the lowest. */
function defaultPriority(state: StateReader): Computed {
  const defaults = state.list(PriorityClass).filter((one) => one.globalDefault === true)
  const lowest = defaults.reduce<PriorityClass | undefined>(
    (best, one) => (best === undefined || valueOf(one) < valueOf(best) ? one : best),
    undefined,
  )
  return lowest === undefined ? { className: '', priority: 0, preemptionPolicy: lowerPriority } : computedOf(lowest)
}

function computedOf(found: PriorityClass): Computed {
  return { className: found.metadata.name ?? '', priority: valueOf(found), preemptionPolicy: found.preemptionPolicy ?? lowerPriority }
}

function valueOf({ value = 0 }: PriorityClass): number {
  return value
}

/** Clients that leave the computed fields out of an update mean no change. */
function withOldPriority({ object: pod, old }: Admission<Pod>): Pod {
  if (pod.spec === undefined || old?.spec === undefined) return pod
  const priority = pod.spec.priority ?? old.spec.priority
  const preemptionPolicy = pod.spec.preemptionPolicy ?? old.spec.preemptionPolicy
  if (priority === pod.spec.priority && preemptionPolicy === pod.spec.preemptionPolicy) return pod
  return { ...pod, spec: { ...pod.spec, priority, preemptionPolicy } }
}

function refuseSystemClass(admission: Admission<PriorityClass>): void {
  const isSystem = admission.name === 'system-cluster-critical' || admission.name === 'system-node-critical'
  if (isSystem) throw refusal(admission, 'this is a system priority class and cannot be deleted')
}

function refuseSecondDefault(admission: Admission<PriorityClass>, state: StateReader): void {
  if (admission.object.globalDefault !== true) return
  const other = state.list(PriorityClass).find((one) => one.globalDefault === true && one.metadata.name !== admission.object.metadata.name)
  if (other === undefined) return
  throw refusal(admission, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`)
}
