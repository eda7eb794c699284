/** The Endpoints and the EndpointSlice behind the service `kubernetes`, for some servers. Pure. */
import { isIPv6 } from 'node:net'
import type { Endpoints } from '#kinds/core/endpoints.kind'
import type { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'

type Subset = NonNullable<Endpoints['subsets']>[number]
type Ports = NonNullable<Subset['ports']>

const metadata = { name: 'kubernetes', namespace: 'default' }
/** The slice is ours, too: nobody shall make another one from the endpoints. */
const skipMirror = { 'endpointslice.kubernetes.io/skip-mirror': 'true' }

export const serverEndpointsRef = metadata

export function serverPorts(port: number): Ports {
  return [{ name: 'https', protocol: 'TCP', port }]
}

/** The addresses that are there now; none where what is there is not of our making. */
export function addressesOf(endpoints: Endpoints | undefined): readonly string[] {
  const [subset, ...others] = endpoints?.subsets ?? []
  return others.length > 0 ? [] : (subset?.addresses ?? []).map(({ ip }) => ip)
}

export type Wanted = {
  readonly addresses: readonly string[]
  readonly ports: Ports
  /** Whether other ports than these are put right. Servers may listen on different ones: each would put the others' right for ever. */
  readonly restoresPorts: boolean
}

/** The endpoints with these servers in them, and what else was in them but for foreign subsets. */
export function serverEndpoints(found: Endpoints | undefined, { addresses, ports, restoresPorts }: Wanted): Endpoints {
  const subsets = found?.subsets ?? []
  const isOurs = subsets.length === 1 && (subsets[0]?.ports ?? []).length === ports.length
  const kept = isOurs && !restoresPorts ? (subsets[0]?.ports ?? ports) : ports
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...(found?.metadata ?? metadata), labels: { ...found?.metadata.labels, ...skipMirror } },
    ...(addresses.length === 0 ? {} : { subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports: kept }] }),
  }
}

/** The slice that says the same as the endpoints. */
export function sliceOf(endpoints: Endpoints): EndpointSlice {
  const [subset] = endpoints.subsets ?? []
  const addresses = addressesOf(endpoints)
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': metadata.name } },
    addressType: isIPv6(addresses[0] ?? '') ? 'IPv6' : 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ...(subset?.ports === undefined ? {} : { ports: subset.ports }),
  }
}

/** As upstream for `master-count`: the own address stands in the list, and those behind it in turn go while the list is too long. */
export function countedAddresses(found: readonly string[], own: string, serverCount: number): readonly string[] {
  const addresses = [...new Set([...found, own])].toSorted()
  while (addresses.length > serverCount) addresses.splice((addresses.indexOf(own) + 1) % addresses.length, 1)
  return addresses
}
