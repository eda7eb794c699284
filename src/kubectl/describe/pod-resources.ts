/** What a pod asks for and may use at most, as quantities in the units that their writers chose. */
import type { Container, Pod } from '#kinds/core/types.gen'
import { addQuantity, compareQuantity, quantityToNumber } from '#meta/quantity'

export type Quantities = Readonly<Record<string, string>>

/** Upstream's rule: containers and sidecars together, or the most that a step of the start needs, and the overhead. */
export function podQuantities({ spec }: Pod, which: 'requests' | 'limits'): Quantities {
  const { containers = [], initContainers = [], overhead = {}, resources } = spec ?? { containers: [] }
  const amountsOf = (container: Container) => container.resources?.[which] ?? {}
  const sidecars = initContainers.filter(isSidecar).map(amountsOf)
  const running = [...containers.map(amountsOf), ...sidecars].reduce(sum, {})
  const steps = initContainers.map((container, index) => {
    const before = initContainers.slice(0, index).filter(isSidecar).map(amountsOf)
    return [...before, amountsOf(container)].reduce(sum, {})
  })
  const needed: Quantities = { ...steps.reduce(most, running), ...resources?.[which] }
  if (which === 'requests') return sum(needed, overhead)
  const limited = Object.entries(overhead).filter(([name]) => quantityToNumber(needed[name] ?? '0') > 0)
  return sum(needed, Object.fromEntries(limited))
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always'
}

export function sum(a: Quantities, b: Quantities): Quantities {
  return merged(a, b, addQuantity)
}

function most(a: Quantities, b: Quantities): Quantities {
  return merged(a, b, (left, right) => (compareQuantity(left, right) >= 0 ? left : right))
}

function merged(a: Quantities, b: Quantities, join: (left: string, right: string) => string): Quantities {
  const added = Object.entries(b).map(([name, quantity]) => [name, a[name] === undefined ? quantity : join(a[name], quantity)])
  return { ...a, ...Object.fromEntries(added) }
}
