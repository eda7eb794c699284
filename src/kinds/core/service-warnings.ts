/** What a client is told of a service that is accepted and yet hardly meant. */
import type { Service } from './types.gen.ts'

const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints'

export function serviceWarnings(service: Service): readonly string[] {
  const { externalIPs = [], trafficDistribution, type, clusterIP } = service.spec
  const warnings: string[] = []
  if (service.metadata.annotations?.[hintsAnnotation] !== undefined)
    warnings.push(`annotation ${hintsAnnotation} is deprecated, please use service.kubernetes.io/topology-mode instead`)
  const isHeadless = clusterIP === 'None'
  if (externalIPs.length > 0 && !isHeadless)
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  if (type === 'ExternalName' && externalIPs.length > 0) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (type !== 'ExternalName' && service.spec.externalName)
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  if (isHeadless) {
    if (externalIPs.length > 0) warnings.push('spec.externalIPs is ignored for headless services')
    if (service.spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services')
    if (service.spec.sessionAffinity === 'ClientIP') warnings.push('spec.SessionAffinity is ignored for headless services')
  }
  if (trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  }
  return warnings
}
