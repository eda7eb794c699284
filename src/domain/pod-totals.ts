/** What a pod asks for as a whole, as quantities. Pure. */
import { type Amounts, containerTotals, sumOfAmounts } from '#kinds/core/pod/container-totals'
import type { PodSpec } from '#kinds/core/types.gen'

export type { Amounts } from '#kinds/core/pod/container-totals'

/** What its containers ask for together, and the overhead of the sandbox. */
export function podTotals(spec: PodSpec, field: 'requests' | 'limits'): Amounts {
  // What is stated for the pod as a whole stands in for its containers.
  const stated = { ...containerTotals(spec, field), ...spec.resources?.[field] }
  return spec.overhead === undefined ? stated : sumOfAmounts(stated, field === 'requests' ? spec.overhead : onlyOf(spec.overhead, stated))
}

/** A limit grows by the overhead only where there is one. */
function onlyOf(amounts: Amounts, wanted: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([resource]) => wanted[resource] !== undefined))
}
