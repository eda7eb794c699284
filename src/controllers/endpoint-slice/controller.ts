/** Keeps the EndpointSlices of each Service that selects pods. */
import { controllerReference } from '#domain/ownership'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { Service } from '#kinds/core/service.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { isSameValue } from '#kinds/same-value'
import { matches, selectorOfMap } from '#meta/labels'
import { isBeingDeleted, type KubeObject, keyOf, refOf } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, done, indexOn, type Result, watching } from '#reconcile/controller'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { managedByLabel, planSlices, type SliceOwner, serviceNameLabel } from './plan.ts'
import { addressTypesOf, endpointGroups } from './service-endpoints.ts'

const bySliceService = 'slice-service'
const managedBy = 'endpointslice-controller.k8s.io'
const headlessLabel = 'service.kubernetes.io/headless'

export function endpointSliceController(endpointsPerSliceMax: number): Controller<Service> {
  return {
    name: 'endpoint-slice-controller',
    for: Service,
    watches: [watching(Pod, servicesOfPod), watching(EndpointSlice, serviceOfSlice)],
    reads: [Node],
    indexes: [indexOn(EndpointSlice, bySliceService, (slice) => (isOurs(slice) ? [serviceKeyOf(slice)] : []))],
    reconcile: (deps, service, signal) => reconcileSlices(deps, service, endpointsPerSliceMax, signal),
  }
}

async function reconcileSlices(deps: ControllerDeps, service: Service, endpointsPerSliceMax: number, signal: AbortSignal): Promise<Result> {
  const { cache, client } = deps
  // Without a selector somebody else says where the service leads.
  if (Object.keys(service.spec?.selector ?? {}).length === 0 || service.spec?.type === 'ExternalName' || isBeingDeleted(service))
    return done
  const { namespace, name = '' } = service.metadata
  const existing = cache(EndpointSlice).byIndex(bySliceService, keyOf({ namespace, name }))
  const pods = cache(Pod).list(namespace)
  const types = addressTypesOf(service)
  for (const type of types) {
    const groups = endpointGroups(service, pods, type, (node) => cache(Node).get(node))
    const plan = planSlices(
      sliceOwnerOf(service),
      type,
      groups,
      existing.filter((slice) => slice.addressType === type),
      endpointsPerSliceMax,
    )
    for (const slice of plan.create) await createSlice(deps, slice, signal)
    for (const slice of plan.update) await ignoreNotFound(client.update(EndpointSlice, slice, {}, signal))
    for (const slice of plan.remove) await ignoreNotFound(client.delete(EndpointSlice, refOf(slice), {}, signal))
  }
  for (const slice of existing) {
    if (!types.some((type) => type === slice.addressType)) await ignoreNotFound(client.delete(EndpointSlice, refOf(slice), {}, signal))
  }
  return done
}

/** A slice carries its service's labels beside those that say what it is. */
export function sliceOwnerOf(service: Service): SliceOwner {
  const { name = '', namespace } = service.metadata
  const isHeadless = service.spec?.clusterIP === 'None'
  const { [headlessLabel]: _, ...own } = service.metadata.labels ?? {}
  const labels = { ...own, [serviceNameLabel]: name, [managedByLabel]: managedBy, ...(isHeadless ? { [headlessLabel]: '' } : {}) }
  return { name, namespace, reference: controllerReference(Service, service), labels }
}

async function createSlice({ client }: ControllerDeps, slice: EndpointSlice, signal: AbortSignal): Promise<void> {
  try {
    await client.create(EndpointSlice, slice, {}, signal)
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error
  }
}

/** Services that select the pod, or selected it before; nothing where the change is none to them. */
export function servicesOfPod(pod: Pod, old: Pod | undefined, { cache }: ControllerDeps): readonly string[] {
  if (old !== undefined && isSameToServices(pod, old)) return []
  const services = cache(Service).list(pod.metadata.namespace)
  const selects = ({ spec }: Service, { metadata }: KubeObject) =>
    spec?.selector !== undefined && matches(selectorOfMap(spec.selector), metadata.labels)
  const concerned = services.filter((service) => selects(service, pod) || (old !== undefined && selects(service, old)))
  return concerned.map(({ metadata: { namespace, name = '' } }) => keyOf({ namespace, name }))
}

function isSameToServices(pod: Pod, old: Pod): boolean {
  const facts = ({ metadata, spec, status }: Pod) => [
    metadata.labels,
    metadata.deletionTimestamp,
    spec?.nodeName,
    status?.phase,
    status?.podIPs,
    status?.podIP,
    status?.conditions?.find(({ type }) => type === 'Ready')?.status,
  ]
  return isSameValue(facts(pod), facts(old))
}

function serviceOfSlice(slice: EndpointSlice): readonly string[] {
  return isOurs(slice) ? [serviceKeyOf(slice)] : []
}

function isOurs(slice: EndpointSlice): boolean {
  return slice.metadata.labels?.[managedByLabel] === managedBy
}

function serviceKeyOf({ metadata: { namespace, labels } }: EndpointSlice): string {
  return keyOf({ namespace, name: labels?.[serviceNameLabel] ?? '' })
}
