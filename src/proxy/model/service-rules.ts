/**
 * What the node has to do for one port of one service in one IP family: where clients call, and who answers.
 * The whole decision of the proxy, free of any backend's words.
 */

import type { Service, ServicePort } from '#kinds/core/types.gen'
import type { EndpointSlice } from '#kinds/discovery/types.gen'
import { bareAddress, familyOf, type IpFamily } from './address.ts'
import { type Choice, chooseEndpoints } from './endpoint-choice.ts'
import type { NodeFacts } from './node-facts.ts'
import { type Endpoint, endpointsOfPort } from './slice-endpoints.ts'

export type Protocol = 'tcp' | 'udp' | 'sctp'

/** `forward` to all chosen endpoints or to those of this node only; `drop` where endpoints are elsewhere; `refuse` where there are none. */
export type Verdict = 'cluster' | 'local' | 'drop' | 'refuse'

/** Where clients call a service. A node port is open on addresses that the backend knows. */
export type Frontend =
  | { readonly type: 'cluster-ip'; readonly address: string; readonly port: number }
  | { readonly type: 'external-ip'; readonly address: string; readonly port: number }
  | { readonly type: 'load-balancer'; readonly address: string; readonly port: number; readonly sourceRanges: readonly string[] }
  | { readonly type: 'node-port'; readonly port: number }

export type ServiceRules = {
  /** `namespace/name/protocol/port name`, unique within a family. */
  readonly id: string
  readonly family: IpFamily
  readonly protocol: Protocol
  readonly frontends: readonly Frontend[]
  /** How long a client stays with its endpoint; undefined without session affinity. */
  readonly affinitySeconds: number | undefined
  readonly endpoints: Choice
  /** For calls to the cluster IP. */
  readonly internal: Verdict
  /** For calls from outside to node ports, external addresses and load balancers; those of the node and its pods go to `cluster` all the same. */
  readonly external: Verdict
}

/** As upstream: the label by which a service asks for another proxy. */
const foreignProxyLabel = 'service.kubernetes.io/service-proxy-name'
const defaultAffinitySeconds = 3 * 3600

/** The rules of every port and family; none for services without a cluster IP. `slices` are the service's own. */
export function rulesOfService(service: Service, slices: readonly EndpointSlice[], node: NodeFacts): readonly ServiceRules[] {
  if (!isProxied(service)) return []
  return clusterIpsOf(service).flatMap((clusterIp) =>
    (service.spec.ports ?? []).map((port) => rulesOfPort({ service, slices, node, clusterIp, port })),
  )
}

function isProxied({ metadata, spec }: Service): boolean {
  if (metadata.labels?.[foreignProxyLabel] !== undefined || spec.type === 'ExternalName') return false
  return spec.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None'
}

function clusterIpsOf({ spec }: Service): readonly string[] {
  return spec.clusterIPs !== undefined && spec.clusterIPs.length > 0 ? spec.clusterIPs : [spec.clusterIP ?? '']
}

type PortFacts = {
  readonly service: Service
  readonly slices: readonly EndpointSlice[]
  readonly node: NodeFacts
  readonly clusterIp: string
  readonly port: ServicePort
}

function rulesOfPort({ service, slices, node, clusterIp, port }: PortFacts): ServiceRules {
  const { metadata, spec } = service
  const family = familyOf(clusterIp)
  const protocol = protocolOf(port)
  const endpoints = chooseEndpoints(endpointsOfPort(slices, { family, protocol, name: port.name ?? '' }, node), node)
  return {
    id: `${metadata.namespace}/${metadata.name}/${protocol}/${port.name ?? ''}`,
    family,
    protocol,
    frontends: frontendsOf(service, port, clusterIp),
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds) : undefined,
    endpoints,
    internal: verdictOf(spec.internalTrafficPolicy, endpoints),
    external: verdictOf(spec.externalTrafficPolicy, endpoints),
  }
}

function protocolOf({ protocol = 'TCP' }: ServicePort): Protocol {
  if (protocol === 'UDP') return 'udp'
  return protocol === 'SCTP' ? 'sctp' : 'tcp'
}

function verdictOf(policy: string | undefined, { cluster, local }: Choice): Verdict {
  if (cluster.length + local.length === 0) return 'refuse'
  if (policy !== 'Local') return cluster.length > 0 ? 'cluster' : 'drop'
  return local.length > 0 ? 'local' : 'drop'
}

function frontendsOf({ spec, status }: Service, { port, nodePort = 0 }: ServicePort, clusterIp: string): readonly Frontend[] {
  const family = familyOf(clusterIp)
  const ofFamily = (addresses: readonly string[]) =>
    addresses.map(bareAddress).filter((address) => address !== '' && familyOf(address) === family)
  // As upstream: in mode Proxy the load balancer itself delivers to a node port, and its address is not ours to answer for.
  const ingress = (status?.loadBalancer?.ingress ?? []).filter((one) => one.ipMode !== 'Proxy').map((one) => one.ip ?? '')
  const sourceRanges = (spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()).filter((range) => familyOf(range) === family)
  return [
    { type: 'cluster-ip', address: bareAddress(clusterIp), port },
    ...ofFamily(spec.externalIPs ?? []).map((address): Frontend => ({ type: 'external-ip', address, port })),
    ...ofFamily(ingress).map((address): Frontend => ({ type: 'load-balancer', address, port, sourceRanges })),
    ...(nodePort === 0 ? [] : [{ type: 'node-port', port: nodePort } as const]),
  ]
}

/** Every address that any of the rules forwards to, once. */
export function endpointsOf({ endpoints }: ServiceRules): readonly Endpoint[] {
  const known = new Set(endpoints.cluster.map(({ address, port }) => `${address} ${port}`))
  return [...endpoints.cluster, ...endpoints.local.filter(({ address, port }) => !known.has(`${address} ${port}`))]
}
