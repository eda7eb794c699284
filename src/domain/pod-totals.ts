/** What the containers of a pod ask for together, as quantities. Pure. */
import type { Container, PodSpec } from '#kinds/core/types.gen'
import { addQuantity, compareQuantity } from '#meta/quantity'

export type Amounts = Readonly<Record<string, string>>

/** All containers that run together, or the hungriest step of the start, whichever is more, and the overhead of the sandbox. */
export function podTotals(spec: PodSpec, field: 'requests' | 'limits'): Amounts {
  const amountsOf = ({ resources }: Container) => resources?.[field] ?? {}
  const isSidecar = ({ restartPolicy }: Container) => restartPolicy === 'Always'
  const starters = spec.initContainers ?? []
  const running = [...spec.containers, ...starters.filter(isSidecar)].map(amountsOf).reduce(sum, {})
  const peak = starters
    .map((starter, index) => starters.slice(0, index).filter(isSidecar).map(amountsOf).reduce(sum, amountsOf(starter)))
    .reduce(highest, running)
  // What is stated for the pod as a whole stands in for its containers.
  const stated = { ...peak, ...spec.resources?.[field] }
  return spec.overhead === undefined ? stated : sum(stated, field === 'requests' ? spec.overhead : onlyOf(spec.overhead, stated))
}

/** A limit grows by the overhead only where there is one. */
function onlyOf(amounts: Amounts, wanted: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([resource]) => wanted[resource] !== undefined))
}

function sum(one: Amounts, other: Amounts): Amounts {
  return merged(one, other, addQuantity)
}

function highest(one: Amounts, other: Amounts): Amounts {
  return merged(one, other, (a, b) => (compareQuantity(a, b) < 0 ? b : a))
}

function merged(one: Amounts, other: Amounts, combine: (a: string, b: string) => string): Amounts {
  const all = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries(
    [...all].map((resource) => {
      const [a, b] = [one[resource], other[resource]]
      return [resource, a === undefined || b === undefined ? (a ?? b ?? '0') : combine(a, b)]
    }),
  )
}
