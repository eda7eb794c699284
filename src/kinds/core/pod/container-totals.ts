/** What the containers of a pod ask for together, as quantities. */
import { addQuantity, compareQuantity } from '#meta/quantity'
import type { Container, PodSpec } from '../types.gen.ts'

export type Amounts = Readonly<Record<string, string>>

/** All containers that run together, or the hungriest step of the start, whichever is more. */
export function containerTotals({ containers, initContainers: starters = [] }: PodSpec, field: 'requests' | 'limits'): Amounts {
  const amountsOf = ({ resources }: Container) => resources?.[field] ?? {}
  const isSidecar = ({ restartPolicy }: Container) => restartPolicy === 'Always'
  const running = [...(containers ?? []), ...starters.filter(isSidecar)].map(amountsOf).reduce(sumOfAmounts, {})
  return starters
    .map((starter, index) => starters.slice(0, index).filter(isSidecar).map(amountsOf).reduce(sumOfAmounts, amountsOf(starter)))
    .reduce(highest, running)
}

export function sumOfAmounts(one: Amounts, other: Amounts): Amounts {
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
