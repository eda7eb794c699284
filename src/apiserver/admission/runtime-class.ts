/** A pod of a runtime class carries the overhead of its sandbox, and goes where the class can run. */
import { Pod } from '#kinds/core/pod/pod.kind'
import type { Toleration } from '#kinds/core/types.gen'
import { RuntimeClass } from '#kinds/node/runtime-class.kind'
import { compareQuantity } from '#meta/quantity'
import type { StateReader } from '../exchange.ts'
import { type Admission, definePlugin, refusal } from './plugin.ts'

export const runtimeClassAdmission = definePlugin<Pod>({
  name: 'RuntimeClass',
  kinds: [Pod],
  operations: ['CREATE'],
  mutate(admission, { state }) {
    const found = classOf(admission, state)
    return found === undefined ? admission.object : withScheduling(admission, withOverhead(admission, found), found)
  },
  validate(admission, { state }) {
    const { overhead } = admission.object.spec
    if (overhead === undefined || classOf(admission, state)?.overhead?.podFixed !== undefined) return
    throw refusal(admission, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  },
})

function classOf(admission: Admission<Pod>, state: StateReader): RuntimeClass | undefined {
  const name = admission.object.spec.runtimeClassName
  if (name === undefined) return undefined
  const found = state.get(RuntimeClass, undefined, name)
  if (found === undefined) throw refusal(admission, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
  return found
}

function withOverhead(admission: Admission<Pod>, { overhead }: RuntimeClass): Pod {
  const { object: pod } = admission
  const wanted = overhead?.podFixed
  if (wanted === undefined) return pod
  const given = pod.spec.overhead
  if (given !== undefined && !isSameAmounts(given, wanted)) {
    throw refusal(admission, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
  }
  return { ...pod, spec: { ...pod.spec, overhead: wanted } }
}

function withScheduling(admission: Admission<Pod>, pod: Pod, { scheduling }: RuntimeClass): Pod {
  if (scheduling === undefined) return pod
  const { nodeSelector: given = {}, tolerations = [] } = pod.spec
  const wanted = scheduling.nodeSelector ?? {}
  for (const [key, value] of Object.entries(wanted)) {
    if (given[key] === undefined || given[key] === value) continue
    const conflict = `runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given[key]}`
    throw refusal(admission, `conflict: ${conflict}`)
  }
  const added = (scheduling.tolerations ?? []).filter((toleration) => !tolerations.some((other) => isSame(other, toleration)))
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(Object.keys(wanted).length === 0 ? {} : { nodeSelector: { ...given, ...wanted } }),
      ...(added.length === 0 ? {} : { tolerations: [...tolerations, ...added] }),
    },
  }
}

type Amounts = Readonly<Record<string, string>>

function isSameAmounts(one: Amounts, other: Amounts): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => {
    const [a, b] = [one[name], other[name]]
    return a !== undefined && b !== undefined && compareQuantity(a, b) === 0
  })
}

function isSame(one: Toleration, other: Toleration): boolean {
  return (['key', 'operator', 'value', 'effect', 'tolerationSeconds'] as const).every((field) => one[field] === other[field])
}
