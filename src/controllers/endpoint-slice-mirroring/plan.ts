/** Endpoints that somebody wrote by hand, as the groups of which slices are made. Pure. */
import type { Endpoints } from '#kinds/core/endpoints.kind'
import type { Service } from '#kinds/core/service.kind'
import type { EndpointAddress, EndpointSubset } from '#kinds/core/types.gen'
import type { Endpoint, EndpointPort } from '#kinds/discovery/types.gen'
import type { AddressType, EndpointGroup } from '../endpoint-slice/service-endpoints.ts'

const skipLabel = 'endpointslice.kubernetes.io/skip-mirror'
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'

/** Only what no other controller looks after: a service without a selector says that its endpoints are made by hand. */
export function isMirrored(endpoints: Endpoints | undefined, service: Service | undefined): endpoints is Endpoints {
  if (endpoints === undefined || service === undefined || Object.keys(service.spec?.selector ?? {}).length > 0) return false
  const { labels = {}, annotations = {} } = endpoints.metadata
  return labels[skipLabel] !== 'true' && annotations[leaderAnnotation] === undefined
}

export function mirroredGroups({ subsets = [] }: Endpoints, type: AddressType): readonly EndpointGroup[] {
  const groups = subsets.map((subset) => ({ ports: portsOf(subset), endpoints: endpointsOf(subset, type) }))
  return groups.filter(({ endpoints }) => endpoints.length > 0)
}

function portsOf({ ports = [] }: EndpointSubset): readonly EndpointPort[] {
  return ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
    name,
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }))
}

function endpointsOf({ addresses = [], notReadyAddresses = [] }: EndpointSubset, type: AddressType): readonly Endpoint[] {
  const isOfType = ({ ip }: EndpointAddress) => (type === 'IPv6') === ip.includes(':')
  return [
    ...addresses.filter(isOfType).map((address) => endpointOf(address, true)),
    ...notReadyAddresses.filter(isOfType).map((address) => endpointOf(address, false)),
  ]
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  }
}
