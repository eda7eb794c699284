/** Keeps the older Endpoints object of each Service that selects pods, for clients that do not know slices. */
import { Endpoints } from '#kinds/core/endpoints.kind'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { Service } from '#kinds/core/service.kind'
import type { EndpointAddress, EndpointSubset } from '#kinds/core/types.gen'
import type { Endpoint } from '#kinds/discovery/types.gen'
import { isSameValue } from '#kinds/same-value'
import { isBeingDeleted, keyOf, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { servicesOfPod } from '../endpoint-slice/controller.ts'
import { addressTypesOf, type EndpointGroup, endpointGroups } from '../endpoint-slice/service-endpoints.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'

const headlessLabel = 'service.kubernetes.io/headless'
const managedByLabel = 'endpoints.kubernetes.io/managed-by'

export const endpointsController: Controller<Service> = {
  name: 'endpoint-controller',
  for: Service,
  watches: [watching(Pod, servicesOfPod), watching(Endpoints, ({ metadata: { namespace, name = '' } }) => [keyOf({ namespace, name })])],
  reads: [Node],
  reconcile: reconcileEndpoints,
  forget: async ({ cache, client }, key, signal) => {
    const left = cache(Endpoints).get(key)
    // Only what this controller made goes with the service; others made theirs by hand.
    if (left?.metadata.labels?.[managedByLabel] !== undefined)
      await ignoreNotFound(client.delete(Endpoints, refOf(left), { uid: left.metadata.uid }, signal))
    return done
  },
}

async function reconcileEndpoints({ cache, client }: ControllerDeps, service: Service, signal: AbortSignal): Promise<Result> {
  if (Object.keys(service.spec?.selector ?? {}).length === 0 || service.spec?.type === 'ExternalName' || isBeingDeleted(service))
    return done
  const { namespace, name = '' } = service.metadata
  const [type = 'IPv4'] = addressTypesOf(service)
  const groups = endpointGroups(service, cache(Pod).list(namespace), type, (node) => cache(Node).get(node))
  const old = cache(Endpoints).get(keyOf({ namespace, name }))
  const wanted = wantedEndpoints(service, groups)
  if (old !== undefined && isSameValue(old.subsets ?? [], wanted.subsets) && isSameValue(old.metadata.labels, wanted.metadata.labels))
    return done
  try {
    if (old === undefined) await client.create(Endpoints, wanted, {}, signal)
    else
      await client.update(
        Endpoints,
        { ...old, subsets: wanted.subsets, metadata: { ...old.metadata, labels: wanted.metadata.labels } },
        {},
        signal,
      )
  } catch (error) {
    if (!hasReason(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error
  }
  return done
}

function wantedEndpoints(service: Service, groups: readonly EndpointGroup[]): Endpoints {
  const { name, namespace } = service.metadata
  const { [headlessLabel]: _, ...own } = service.metadata.labels ?? {}
  const labels = { ...own, [managedByLabel]: 'endpoint-controller', ...(service.spec?.clusterIP === 'None' ? { [headlessLabel]: '' } : {}) }
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace, labels }, subsets: groups.flatMap(subsetOf) }
}

/** Pods that are leaving are in no list. */
function subsetOf({ ports, endpoints }: EndpointGroup): readonly EndpointSubset[] {
  const staying = endpoints.filter(({ conditions }) => conditions?.terminating !== true || conditions.ready === true)
  const addressesOf = (isReady: boolean) =>
    staying
      .filter(({ conditions }) => conditions?.ready === isReady)
      .map(addressOf)
      .sort((a, b) => (a.ip < b.ip ? -1 : 1))
  const [addresses, notReadyAddresses] = [addressesOf(true), addressesOf(false)]
  if (staying.length === 0) return []
  return [
    {
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
      ports: ports.map(({ name, port = 0, protocol, appProtocol }) => ({
        ...(name ? { name } : {}),
        port,
        protocol,
        ...(appProtocol === undefined ? {} : { appProtocol }),
      })),
    },
  ]
}

function addressOf({ addresses, targetRef, nodeName, hostname }: Endpoint): EndpointAddress {
  return {
    ip: addresses[0] ?? '',
    targetRef,
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(hostname === undefined ? {} : { hostname }),
  }
}
