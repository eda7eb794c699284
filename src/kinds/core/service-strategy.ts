/** What the server decides when a service is written (upstream: pkg/registry/core/service). Addresses and ports are given out by the API server. */
import { isExternallyAccessible } from './service-defaults.ts'
import type { Service, ServiceSpec } from './types.gen.ts'

export function prepareServiceCreate(service: Service): Service {
  return { ...service, spec: withSameClusterIPs(service.spec, undefined), status: { loadBalancer: {} } }
}

export function prepareServiceUpdate(next: Service, old: Service): Service {
  const spec = withoutStaleFields(withOldAllocations(next.spec, old.spec), old.spec)
  return { ...next, spec: withSameClusterIPs(spec, old.spec), status: old.status }
}

/** As upstream: `clusterIP` and the first of `clusterIPs` are one; a client may write either. */
export function withSameClusterIPs(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  const { clusterIP = '', clusterIPs = [] } = spec
  if (clusterIPs.length === 0) return clusterIP === '' ? spec : { ...spec, clusterIPs: [clusterIP] }
  if (old === undefined) return spec
  if (clusterIP === old.clusterIP) return spec
  // A changed `clusterIP` beside unchanged `clusterIPs` comes from a client that knows only the first.
  return clusterIPs.join() === (old.clusterIPs ?? []).join() ? { ...spec, clusterIPs: clusterIP === '' ? undefined : [clusterIP] } : spec
}

/** What a client leaves out of an update means what was given out before. */
function withOldAllocations(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  if (!hasClusterIP(next) || !hasClusterIP(old)) return next
  const keepsAddress = (next.clusterIP ?? '') === '' && (next.clusterIPs ?? []).length === 0
  return {
    ...next,
    ...(keepsAddress ? { clusterIP: old.clusterIP, clusterIPs: old.clusterIPs } : {}),
    ...(next.ipFamilies === undefined ? { ipFamilies: old.ipFamilies } : {}),
    ...(next.ipFamilyPolicy === undefined ? { ipFamilyPolicy: old.ipFamilyPolicy } : {}),
    ...(hasNodePorts(next) && hasNodePorts(old) ? { ports: withOldNodePorts(next, old) } : {}),
    ...(next.healthCheckNodePort === undefined && old.healthCheckNodePort !== undefined && needsHealthCheckPort(next)
      ? { healthCheckNodePort: old.healthCheckNodePort }
      : {}),
  }
}

function withOldNodePorts(next: ServiceSpec, old: ServiceSpec): ServiceSpec['ports'] {
  const given = new Map((old.ports ?? []).map((port) => [`${port.protocol}/${port.port}`, port.nodePort]))
  const used = new Set((next.ports ?? []).map((port) => port.nodePort))
  return next.ports?.map((port) => {
    const nodePort = given.get(`${port.protocol}/${port.port}`)
    return port.nodePort || nodePort === undefined || used.has(nodePort) ? port : { ...port, nodePort }
  })
}

/** A changed type takes with it what only the old one needed, where the client left it unchanged. */
function withoutStaleFields(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  return {
    ...next,
    ...(hasClusterIP(old) && !hasClusterIP(next)
      ? { clusterIP: undefined, clusterIPs: undefined, ipFamilies: undefined, ipFamilyPolicy: undefined }
      : {}),
    ...(hasNodePorts(old) && !hasNodePorts(next) && nodePortsOf(next) === nodePortsOf(old)
      ? { ports: next.ports?.map(({ nodePort: _, ...port }) => port) }
      : {}),
    ...(old.type === 'LoadBalancer' && next.type !== 'LoadBalancer'
      ? { allocateLoadBalancerNodePorts: undefined, loadBalancerClass: undefined }
      : {}),
    ...(needsHealthCheckPort(old) && !needsHealthCheckPort(next) && next.healthCheckNodePort === old.healthCheckNodePort
      ? { healthCheckNodePort: undefined }
      : {}),
    ...(old.type !== 'ExternalName' && next.type === 'ExternalName' ? { internalTrafficPolicy: undefined } : {}),
    ...(isExternallyAccessible(old) && !isExternallyAccessible(next) && next.externalTrafficPolicy === old.externalTrafficPolicy
      ? { externalTrafficPolicy: undefined }
      : {}),
  }
}

/** The node ports in use, as one text. */
function nodePortsOf({ ports = [] }: ServiceSpec): string {
  return ports
    .map(({ nodePort }) => nodePort || '')
    .sort()
    .join()
}

function hasClusterIP({ type }: ServiceSpec): boolean {
  return type !== 'ExternalName'
}

function hasNodePorts({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer'
}

function needsHealthCheckPort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}
