/** What an update of a service keeps although the client did not send it: addresses and ports it once was given. Pure. */
import type { Service } from '#kinds/core/service.kind'

type ServiceSpec = NonNullable<Service['spec']>

/** As upstream: clients that replace a service need not know what the cluster gave it. */
export function withCarriedOver(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const isAddressKept = needsClusterIp(next) && needsClusterIp(old)
  const clusterIP = isAddressKept ? next.clusterIP || old.clusterIP : next.clusterIP
  const hasNoList = (next.clusterIPs?.length ?? 0) === 0
  const clusterIPs = isAddressKept && hasNoList && clusterIP === old.clusterIP ? old.clusterIPs : next.clusterIPs
  const isHealthPortKept = needsHealthCheckPort(next) && needsHealthCheckPort(old)
  const healthCheckNodePort = isHealthPortKept ? next.healthCheckNodePort || old.healthCheckNodePort : next.healthCheckNodePort
  const ports = needsNodePorts(next) && needsNodePorts(old) ? portsWithCarriedOver(next.ports ?? [], old.ports ?? []) : next.ports
  return definedOnly({ ...next, clusterIP, clusterIPs, healthCheckNodePort, ports })
}

export function needsClusterIp({ type }: ServiceSpec): boolean {
  return type !== 'ExternalName'
}

export function needsNodePorts({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)
}

export function needsHealthCheckPort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

type Ports = NonNullable<ServiceSpec['ports']>

function portsWithCarriedOver(next: Ports, old: Ports): Ports {
  const chosen = new Set(next.map((port) => port.nodePort))
  return next.map((port) => {
    if (port.nodePort) return port
    const before = old.find((other) => other.port === port.port && (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
    return before?.nodePort && !chosen.has(before.nodePort) ? { ...port, nodePort: before.nodePort } : port
  })
}

function definedOnly(spec: ServiceSpec): ServiceSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined))
}
