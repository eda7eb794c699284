/** Defaults of services, as upstream's SetDefaults_Service. */
import type { Service, ServiceSpec, ServiceStatus } from './types.gen.ts'

const affinitySecondsDefault = 10_800

export function defaultService(service: Service): Service {
  const spec = { sessionAffinity: 'None', type: 'ClusterIP', ...service.spec }
  return { ...service, spec: { ...spec, ...portsOf(spec), ...affinityOf(spec), ...trafficOf(spec) }, status: defaultStatus(service.status) }
}

/** Whether traffic from outside of the cluster may come in. */
export function isExternallyAccessible({ type, externalIPs = [] }: ServiceSpec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0)
}

function portsOf({ ports }: ServiceSpec): Partial<ServiceSpec> {
  return ports === undefined ? {} : { ports: ports.map((port) => ({ ...port, targetPort: port.targetPort || port.port })) }
}

function affinityOf({ sessionAffinity, sessionAffinityConfig: given }: ServiceSpec): Partial<ServiceSpec> {
  if (sessionAffinity === 'None') return { sessionAffinityConfig: undefined }
  if (sessionAffinity !== 'ClientIP') return {}
  return { sessionAffinityConfig: { clientIP: { timeoutSeconds: given?.clientIP?.timeoutSeconds ?? affinitySecondsDefault } } }
}

function trafficOf(spec: ServiceSpec): Partial<ServiceSpec> {
  const { type } = spec
  return {
    ...(isExternallyAccessible(spec) ? { externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster' } : {}),
    ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster' }),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true } : {}),
  }
}

/** Addresses of a load balancer are virtual unless told otherwise. */
function defaultStatus(status: ServiceStatus): ServiceStatus {
  const ingress = status.loadBalancer?.ingress
  if (ingress === undefined) return status
  return {
    ...status,
    loadBalancer: { ...status.loadBalancer, ingress: ingress.map((point) => (point.ip ? { ipMode: 'VIP', ...point } : point)) },
  }
}
