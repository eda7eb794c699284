/** Mirrors Endpoints made by hand into EndpointSlices, which is what proxies read. */
import { controllerReference } from '#domain/ownership'
import { Endpoints } from '#kinds/core/endpoints.kind'
import { Service } from '#kinds/core/service.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { isBeingDeleted, keyOf, refOf } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, done, indexOn, type Result, watching } from '#reconcile/controller'
import { managedByLabel, planSlices, type SliceOwner, serviceNameLabel } from '../endpoint-slice/plan.ts'
import { isMirrored, mirroredGroups } from './plan.ts'

const managedBy = 'endpointslicemirroring-controller.k8s.io'
const byMirroredService = 'mirrored-service'
// As upstream: Endpoints beyond it are cut off.
const endpointsPerSliceMax = 1000

export const endpointSliceMirroring: Controller<Endpoints> = {
  name: 'endpoint-slice-mirroring-controller',
  for: Endpoints,
  watches: [
    watching(Service, (service) => [keyOf(refOf(service))]),
    watching(EndpointSlice, (slice) => (isOurs(slice) ? [serviceKeyOf(slice)] : [])),
  ],
  indexes: [indexOn(EndpointSlice, byMirroredService, (slice) => (isOurs(slice) ? [serviceKeyOf(slice)] : []))],
  reconcile: mirror,
  forget: async (deps, key, signal) => {
    await removeSlices(deps, deps.cache(EndpointSlice).byIndex(byMirroredService, key), signal)
    return done
  },
}

async function mirror(deps: ControllerDeps, endpoints: Endpoints, signal: AbortSignal): Promise<Result> {
  const { cache, client } = deps
  const key = keyOf(refOf(endpoints))
  const existing = cache(EndpointSlice).byIndex(byMirroredService, key)
  if (!isMirrored(endpoints, cache(Service).get(key))) {
    await removeSlices(deps, existing, signal)
    return done
  }
  if (isBeingDeleted(endpoints)) return done
  for (const type of ['IPv4', 'IPv6'] as const) {
    const groups = mirroredGroups(endpoints, type)
    const own = existing.filter(({ addressType }) => addressType === type)
    if (groups.length === 0) {
      await removeSlices(deps, own, signal)
      continue
    }
    const plan = planSlices(sliceOwnerOf(endpoints), type, groups, own, endpointsPerSliceMax)
    for (const slice of plan.create) await client.create(EndpointSlice, slice, {}, signal)
    for (const slice of plan.update) await ignoreNotFound(client.update(EndpointSlice, slice, {}, signal))
    await removeSlices(deps, plan.remove, signal)
  }
  return done
}

function sliceOwnerOf(endpoints: Endpoints): SliceOwner {
  const { name = '', namespace, labels } = endpoints.metadata
  return {
    name,
    namespace,
    reference: controllerReference(Endpoints, endpoints),
    labels: { ...labels, [serviceNameLabel]: name, [managedByLabel]: managedBy },
  }
}

async function removeSlices({ client }: ControllerDeps, slices: readonly EndpointSlice[], signal: AbortSignal): Promise<void> {
  for (const slice of slices) await ignoreNotFound(client.delete(EndpointSlice, refOf(slice), {}, signal))
}

function isOurs(slice: EndpointSlice): boolean {
  return slice.metadata.labels?.[managedByLabel] === managedBy
}

function serviceKeyOf({ metadata: { namespace, labels } }: EndpointSlice): string {
  return keyOf({ namespace, name: labels?.[serviceNameLabel] ?? '' })
}
