/** What a pod asks of a node, as upstream adds it up (k8s.io/component-helpers/resource): per resource, cpu in thousandths, the rest in whole units. */
import type { Container, ContainerStatus, Pod } from '#kinds/core/types.gen'
import { quantityMilliValue, quantityValue } from '#meta/quantity'
import type { Quantity } from '#meta/types.gen'

export type ResourceAmounts = ReadonlyMap<string, number>

type Quantities = { readonly [name: string]: Quantity }

/** cpu in millicores, everything else in whole units. */
export function resourceAmount(resource: string, quantity: Quantity): number {
  return Number(resource === 'cpu' ? quantityMilliValue(quantity) : quantityValue(quantity))
}

/** The pod's requests: all containers together, or the hungriest step of its start, plus overhead. */
export function podRequests(pod: Pod): ResourceAmounts {
  return totalRequests(pod, (requests) => requests)
}

/** What containers that ask for nothing count as when nodes are compared. */
const assumedMilliCpu = 100
const assumedMemoryBytes = 200 * 1024 * 1024

/** As `podRequests`, with an assumed amount of cpu and memory for each container that states none. */
export function assumedPodRequests(pod: Pod): ResourceAmounts {
  return totalRequests(pod, (requests) => {
    const assumed = new Map(requests)
    if (!assumed.has('cpu')) assumed.set('cpu', assumedMilliCpu)
    if (!assumed.has('memory')) assumed.set('memory', assumedMemoryBytes)
    return assumed
  })
}

function totalRequests(pod: Pod, adjust: (requests: ResourceAmounts) => ResourceAmounts): ResourceAmounts {
  const { containers, initContainers = [], overhead, resources } = pod.spec ?? { containers: [] }
  const statuses = new Map((pod.status?.containerStatuses ?? []).map((status) => [status.name, status]))
  const initStatuses = new Map((pod.status?.initContainerStatuses ?? []).map((status) => [status.name, status]))
  const total = new Map<string, number>()
  for (const container of containers) add(total, adjust(containerRequests(container, statuses.get(container.name))))
  raise(
    total,
    startRequests(initContainers, total, (container) => adjust(containerRequests(container, initStatuses.get(container.name)))),
  )
  // What the pod asks for as a whole stands in for the sum of its containers.
  for (const [name, quantity] of Object.entries(resources?.requests ?? {})) total.set(name, resourceAmount(name, quantity))
  add(total, amountsOf(overhead))
  return total
}

/**
 * Sidecars (init containers that restart always) stay and add to what runs beside them; other init containers run
 * alone, one after the other. Adds the sidecars to `running` and returns the peak of the start.
 */
function startRequests(
  initContainers: readonly Container[],
  running: Map<string, number>,
  requestsOf: (container: Container) => ResourceAmounts,
): ResourceAmounts {
  const sidecars = new Map<string, number>()
  const peak = new Map<string, number>()
  for (const container of initContainers) {
    const requests = requestsOf(container)
    if (container.restartPolicy === 'Always') {
      add(running, requests)
      add(sidecars, requests)
      raise(peak, sidecars)
    } else {
      const together = new Map(requests)
      add(together, sidecars)
      raise(peak, together)
    }
  }
  return peak
}

/** While a container is being resized it counts with the most that it asks for, was granted, or has. */
function containerRequests(container: Container, status: ContainerStatus | undefined): ResourceAmounts {
  const requests = amountsOf(container.resources?.requests)
  if (status?.resources?.requests === undefined && status?.allocatedResources === undefined) return requests
  const most = new Map(requests)
  for (const granted of [amountsOf(status.resources?.requests), amountsOf(status.allocatedResources)])
    for (const [name, amount] of granted) if (most.has(name)) most.set(name, Math.max(most.get(name) ?? 0, amount))
  return most
}

function amountsOf(list: Quantities | undefined): Map<string, number> {
  return new Map(Object.entries(list ?? {}).map(([name, quantity]) => [name, resourceAmount(name, quantity)]))
}

function add(total: Map<string, number>, amounts: ResourceAmounts): void {
  for (const [name, amount] of amounts) total.set(name, (total.get(name) ?? 0) + amount)
}

function raise(total: Map<string, number>, amounts: ResourceAmounts): void {
  for (const [name, amount] of amounts) total.set(name, Math.max(total.get(name) ?? 0, amount))
}
