/** A service, its ports, and the endpoints behind each. */
import type { Service, ServicePort } from '#kinds/core/types.gen'
import type { EndpointSlice } from '#kinds/discovery/types.gen'
import { formatLabels } from '#meta/labels'
import { endpointsText, slicesOf } from './backends.ts'
import { labelAndAnnotationLines, nameLines } from './identity.ts'
import { type Lines, onlyIf, orNone } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export async function describeService(service: Service, around: Surroundings): Promise<Lines> {
  const { name = '', namespace = '' } = service.metadata
  const spec = service.spec ?? {}
  const slices = await slicesOf(around, { namespace, name })
  return [
    ...nameLines(service),
    ...labelAndAnnotationLines(service),
    `Selector:\t${formatLabels(spec.selector)}`,
    `Type:\t${spec.type ?? ''}`,
    ...onlyIf(!!spec.ipFamilyPolicy, `IP Family Policy:\t${spec.ipFamilyPolicy}`),
    `IP Families:\t${orNone(spec.ipFamilies?.join(','))}`,
    `IP:\t${spec.clusterIP ?? ''}`,
    `IPs:\t${orNone(spec.clusterIPs?.join(','))}`,
    ...onlyIf((spec.externalIPs ?? []).length > 0, `External IPs:\t${spec.externalIPs?.join(',')}`),
    ...onlyIf(!!spec.loadBalancerIP, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`),
    ...onlyIf(!!spec.externalName, `External Name:\t${spec.externalName}`),
    ...loadBalancerLines(service),
    ...(spec.ports ?? []).flatMap((port) => portLines(port, slices)),
    ...trafficLines(service),
    ...(await around.events(service)),
  ]
}

function loadBalancerLines({ status }: Service): Lines {
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, ipMode, hostname = '' }) =>
    ip ? `${ip}${ipMode ? ` (${ipMode})` : ''}` : hostname,
  )
  return onlyIf(addresses.length > 0, `LoadBalancer Ingress:\t${addresses.join(', ')}`)
}

function portLines(servicePort: ServicePort, slices: readonly EndpointSlice[]): Lines {
  const { name = '', port, protocol = '', targetPort, nodePort = 0, appProtocol } = servicePort
  const shownName = name === '' ? '<unset>' : name
  return [
    `Port:\t${shownName}\t${port}/${protocol}`,
    `TargetPort:\t${targetPort ?? 0}/${protocol}`,
    ...onlyIf(appProtocol !== undefined, `AppProtocol:\t${appProtocol}`),
    ...onlyIf(nodePort !== 0, `NodePort:\t${shownName}\t${nodePort}/${protocol}`),
    `Endpoints:\t${endpointsText(slices, name)}`,
  ]
}

function trafficLines({ spec = {} }: Service): Lines {
  const { sessionAffinity = '', externalTrafficPolicy, internalTrafficPolicy, healthCheckNodePort = 0 } = spec
  const { loadBalancerSourceRanges = [], trafficDistribution } = spec
  return [
    `Session Affinity:\t${sessionAffinity}`,
    ...onlyIf(!!externalTrafficPolicy, `External Traffic Policy:\t${externalTrafficPolicy}`),
    ...onlyIf(!!internalTrafficPolicy, `Internal Traffic Policy:\t${internalTrafficPolicy}`),
    ...onlyIf(healthCheckNodePort !== 0, `HealthCheck NodePort:\t${healthCheckNodePort}`),
    ...onlyIf(loadBalancerSourceRanges.length > 0, `LoadBalancer Source Ranges:\t${loadBalancerSourceRanges.join(',')}`),
    ...onlyIf(!!trafficDistribution, `Traffic Distribution:\t${trafficDistribution}`),
  ]
}
