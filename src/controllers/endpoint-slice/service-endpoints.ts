/** The endpoints of a Service: what its pods offer under which ports. Pure; shared by EndpointSlice and Endpoints. */
import { isPodFinished, isPodReady } from '#domain/pod-phase'
import type { Node } from '#kinds/core/node.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { Service } from '#kinds/core/service.kind'
import type { ServicePort } from '#kinds/core/types.gen'
import type { Endpoint, EndpointPort } from '#kinds/discovery/types.gen'
import { matches, selectorOfMap } from '#meta/labels'
import { isBeingDeleted } from '#meta/object'

export type AddressType = 'IPv4' | 'IPv6'

/** Endpoints that share their ports: named ports may be different numbers in different pods. */
export type EndpointGroup = { readonly ports: readonly EndpointPort[]; readonly endpoints: readonly Endpoint[] }

export function addressTypesOf(service: Service): readonly AddressType[] {
  const families = service.spec?.ipFamilies ?? []
  if (families.length > 0) return families.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'))
  return [service.spec?.clusterIP?.includes(':') ? 'IPv6' : 'IPv4']
}

export function endpointGroups(
  service: Service,
  pods: readonly Pod[],
  type: AddressType,
  nodeOf: (name: string) => Node | undefined,
): readonly EndpointGroup[] {
  const selector = selectorOfMap(service.spec?.selector)
  const groups = new Map<string, { readonly ports: readonly EndpointPort[]; readonly endpoints: Endpoint[] }>()
  for (const pod of pods) {
    const address = addressOf(pod, type)
    if (address === undefined || isPodFinished(pod) || !matches(selector, pod.metadata.labels)) continue
    const ports = portsOf(service, pod)
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, endpoints: [] }
    group.endpoints.push(endpointOf(service, pod, address, nodeOf(pod.spec?.nodeName ?? '')))
    groups.set(key, group)
  }
  return [...groups.values()]
}

function addressOf(pod: Pod, type: AddressType): string | undefined {
  const addresses = [...(pod.status?.podIPs ?? []).map(({ ip }) => ip), pod.status?.podIP]
  return addresses.find((address) => address !== undefined && address !== '' && (type === 'IPv6') === address.includes(':'))
}

function portsOf(service: Service, pod: Pod): readonly EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = targetPortOf(port, pod)
    if (number === undefined) return []
    return [
      {
        name: port.name ?? '',
        protocol: port.protocol ?? 'TCP',
        port: number,
        ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
      },
    ]
  })
}

function targetPortOf(port: ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target === 0 ? port.port : target
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  const offered = [...(pod.spec?.containers ?? []), ...sidecars].flatMap(({ ports = [] }) => ports)
  return offered.find(({ name, protocol = 'TCP' }) => name === target && protocol === (port.protocol ?? 'TCP'))?.containerPort
}

function endpointOf(service: Service, pod: Pod, address: string, node: Node | undefined): Endpoint {
  const { name, namespace, uid } = pod.metadata
  const serving = isPodReady(pod)
  const terminating = isBeingDeleted(pod)
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone']
  const hasHostname = pod.spec?.hostname !== undefined && pod.spec.subdomain === service.metadata.name
  return {
    addresses: [address],
    conditions: { ready: service.spec?.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    ...(zone ? { zone } : {}),
    ...(hasHostname ? { hostname: pod.spec?.hostname } : {}),
  }
}
