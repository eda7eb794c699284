/** Says in the status of each APIService whether it can be used. */
import type { Client } from '#client/client'
import { APIService } from '#kinds/apiregistration/api-service.kind'
import { availableCondition } from '#kinds/apiregistration/availability'
import { Service } from '#kinds/core/service.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { conditionOf, withCondition } from '#meta/conditions'
import { hasReason } from '#meta/status'
import { asApiServer } from '../bootstrap/restore-object.ts'
import type { StateReader } from '../exchange.ts'
import { type LookAfterDeps, lookAfter } from '../look-after.ts'
import { availabilityOf } from './availability-of.ts'

type AvailabilityDeps = LookAfterDeps & { readonly client: Client; readonly state: StateReader }

const sliceOfService = 'kubernetes.io/service-name'

/** Works until it is disposed. */
export function keepAvailability(deps: AvailabilityDeps): Disposable {
  const look = async (signal: AbortSignal) => await markAll(deps, signal)
  return lookAfter(deps, {
    kinds: [APIService, Service, EndpointSlice],
    look,
    failure: 'the status of an APIService could not be written',
  })
}

async function markAll({ client, clock, state }: AvailabilityDeps, signal: AbortSignal): Promise<void> {
  for (const object of state.list(APIService)) {
    const next = marked(object, state, clock.nowMs())
    if (next === undefined) continue
    try {
      await client.update(APIService, next, { ...asApiServer, subresource: 'status' }, signal)
    } catch (error) {
      // It has changed or gone, and will be looked at again.
      if (!hasReason(error, 'Conflict', 'NotFound')) throw error
    }
  }
}

/** Undefined where its status says so already. */
function marked(object: APIService, state: StateReader, nowMs: number): APIService | undefined {
  const { name = '', namespace = '' } = object.spec.service ?? {}
  const isLocal = object.spec.service === undefined
  const wanted = availabilityOf(object, {
    service: isLocal ? undefined : state.get(Service, namespace, name),
    slices: isLocal ? [] : state.list(EndpointSlice, namespace).filter(({ metadata }) => metadata.labels?.[sliceOfService] === name),
  })
  const found = conditionOf(object.status.conditions, 'Available')
  if (found?.status === wanted.status && found.reason === wanted.reason && found.message === wanted.message) return undefined
  const conditions = withCondition(object.status.conditions, availableCondition(wanted, found, nowMs))
  return { ...object, status: { ...object.status, conditions } }
}
