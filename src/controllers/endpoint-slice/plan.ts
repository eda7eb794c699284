/** How the endpoints of a Service lie in slices of limited size, with as few changes as possible. Pure. */

import type { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import type { Endpoint } from '#kinds/discovery/types.gen'
import { isSameValue } from '#kinds/same-value'
import type { OwnerReference } from '#meta/types.gen'
import type { AddressType, EndpointGroup } from './service-endpoints.ts'

/** What the slices belong to, and what they carry because of it. */
export type SliceOwner = {
  readonly name: string
  readonly namespace: string | undefined
  readonly reference: OwnerReference
  readonly labels: Readonly<Record<string, string>>
}

export const serviceNameLabel = 'kubernetes.io/service-name'
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'

export type SlicePlan = {
  readonly create: readonly EndpointSlice[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
}

/** `existing` are this controller's slices of the service, of one address type. */
export function planSlices(
  owner: SliceOwner,
  type: AddressType,
  groups: readonly EndpointGroup[],
  existing: readonly EndpointSlice[],
  endpointsPerSliceMax: number,
): SlicePlan {
  const unused = new Set(existing)
  const plan: { create: EndpointSlice[]; update: EndpointSlice[]; remove: EndpointSlice[] } = { create: [], update: [], remove: [] }
  // A service without endpoints has one empty slice, which says that somebody looked.
  for (const group of groups.length === 0 ? [{ ports: [], endpoints: [] }] : groups) {
    const own = existing.filter((slice) => unused.has(slice) && isSameValue(slice.ports ?? [], group.ports))
    for (const slice of own) unused.delete(slice)
    const filled = fill(own, group.endpoints, endpointsPerSliceMax)
    for (const [slice, endpoints] of filled.slices) {
      const next = {
        ...slice,
        endpoints,
        metadata: { ...slice.metadata, labels: owner.labels, ownerReferences: [owner.reference] },
      }
      if (endpoints.length === 0 && (group.endpoints.length > 0 || slice !== own[0])) plan.remove.push(slice)
      else if (!isSameValue(next, slice)) plan.update.push(next)
    }
    const isMissing = own.length === 0 && group.endpoints.length === 0
    for (const endpoints of isMissing ? [[]] : filled.overflow) plan.create.push(newSlice(owner, type, group, endpoints))
  }
  return { ...plan, remove: [...plan.remove, ...unused] }
}

type Filled = {
  readonly slices: readonly (readonly [EndpointSlice, readonly Endpoint[]])[]
  readonly overflow: readonly (readonly Endpoint[])[]
}

/** Endpoints stay in the slice in which they are; new ones go where there is room, the rest into new slices. */
function fill(slices: readonly EndpointSlice[], endpoints: readonly Endpoint[], max: number): Filled {
  const wanted = new Map(endpoints.map((endpoint) => [identityOf(endpoint), endpoint]))
  const kept = slices.map((slice) => {
    const stays: Endpoint[] = []
    for (const { targetRef, addresses } of slice.endpoints ?? []) {
      const identity = identityOf({ targetRef, addresses })
      const endpoint = wanted.get(identity)
      if (endpoint !== undefined && wanted.delete(identity)) stays.push(endpoint)
    }
    return [slice, stays] as const
  })
  const rest = [...wanted.values()]
  for (const [, stays] of [...kept].sort(([, a], [, b]) => b.length - a.length))
    stays.push(...rest.splice(0, Math.max(max - stays.length, 0)))
  const overflow: Endpoint[][] = []
  while (rest.length > 0) overflow.push(rest.splice(0, max))
  return { slices: kept, overflow }
}

function identityOf({ targetRef, addresses }: Pick<Endpoint, 'targetRef' | 'addresses'>): string {
  return `${targetRef?.uid} ${addresses[0]}`
}

function newSlice(owner: SliceOwner, type: AddressType, group: EndpointGroup, endpoints: readonly Endpoint[]): EndpointSlice {
  const { name, namespace } = owner
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { generateName: `${name}-`, namespace, labels: owner.labels, ownerReferences: [owner.reference] },
    addressType: type,
    endpoints,
    ports: group.ports,
  }
}
