/** How a pod stands when memory runs short: it follows from what its containers ask for. */
import { compareQuantity, tryParseQuantity } from '#meta/quantity'
import type { Container, Pod, ResourceRequirements } from '../types.gen.ts'
import type { ResourceList } from './resource-list.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const qosResources = ['cpu', 'memory'] as const

/** As upstream: pod-level resources, where given, speak for all containers. */
export function qosClassOf(pod: Pod): QosClass {
  const { resources, containers, initContainers } = pod.spec
  const parts = resources !== undefined ? [resources] : [...(containers ?? []), ...(initContainers ?? [])].map(resourcesOf)
  if (parts.every((part) => qosResources.every((name) => isNothing(part.limits, name) && isNothing(part.requests, name))))
    return 'BestEffort'
  return parts.every(isFixed) ? 'Guaranteed' : 'Burstable'
}

function resourcesOf(container: Container): ResourceRequirements {
  return container.resources ?? {}
}

/** Both resources have a limit, and the request is the limit. */
function isFixed({ limits, requests }: ResourceRequirements): boolean {
  return qosResources.every((name) => {
    const limit = limits?.[name]
    if (limit === undefined || isNothing(limits, name)) return false
    const request = requests?.[name]
    return request === undefined || compareQuantity(request, limit) === 0
  })
}

function isNothing(list: ResourceList | undefined, name: string): boolean {
  const amount = list?.[name]
  return amount === undefined || (tryParseQuantity(amount)?.nano ?? 0n) <= 0n
}
