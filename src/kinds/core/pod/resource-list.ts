/** Resource lists: amounts by name. Upstream keeps them to thousandths, rounded up. */
import { roundUpToMilli, tryParseQuantity } from '#meta/quantity'
import type { Quantity } from '#meta/types.gen'
import type { ResourceRequirements } from '../types.gen.ts'

export type ResourceList = { readonly [name: string]: Quantity }

/** `list` in canonical form. What is no quantity stays for the validation to refuse. */
export function roundedResourceList(list: ResourceList): ResourceList {
  return Object.fromEntries(
    Object.entries(list).map(([name, amount]) => [name, tryParseQuantity(amount) === undefined ? amount : roundUpToMilli(amount)]),
  )
}

export function roundedRequirements<R extends ResourceRequirements>(resources: R): R {
  const { limits, requests } = resources
  if (limits === undefined && requests === undefined) return resources
  return {
    ...resources,
    ...(limits === undefined ? {} : { limits: roundedResourceList(limits) }),
    ...(requests === undefined ? {} : { requests: roundedResourceList(requests) }),
  }
}

/** A container that states a limit and no request asks for the limit. */
export function withRequestsFromLimits<R extends ResourceRequirements>(resources: R): R {
  return resources.limits === undefined ? resources : { ...resources, requests: { ...resources.limits, ...resources.requests } }
}

/** Whether an amount is not of whole units. */
export function isFraction(amount: Quantity): boolean {
  return (tryParseQuantity(amount)?.nano ?? 0n) % 1_000_000_000n !== 0n
}
