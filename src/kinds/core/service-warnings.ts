/** What a client is told of a service that is accepted and yet hardly meant. */
import { canonicalIp, parseIp } from '../ip-address.ts'
import type { Service } from './types.gen.ts'

const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints'

export function serviceWarnings({ metadata, spec }: Service): readonly string[] {
  const { externalIPs = [], clusterIPs = [], loadBalancerIP = '', loadBalancerSourceRanges = [], trafficDistribution, type } = spec
  const isHeadless = spec.clusterIP === 'None'
  const isExternal = type === 'ExternalName'
  return [
    ...(metadata.annotations?.[hintsAnnotation] === undefined
      ? []
      : [`annotation ${hintsAnnotation} is deprecated, please use service.kubernetes.io/topology-mode instead`]),
    ...clusterIPs.flatMap((ip, index) => addressWarnings(`spec.clusterIPs[${index}]`, ip)),
    ...(isHeadless ? headlessWarnings(spec) : []),
    ...externalIPs.flatMap((ip, index) => addressWarnings(`spec.externalIPs[${index}]`, ip)),
    ...(isHeadless || externalIPs.length === 0
      ? []
      : [
          isExternal
            ? 'spec.externalIPs is ignored when spec.type is "ExternalName"'
            : 'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
        ]),
    ...addressWarnings('spec.loadBalancerIP', loadBalancerIP),
    ...loadBalancerSourceRanges.flatMap((range, index) => rangeWarnings(`spec.loadBalancerSourceRanges[${index}]`, range)),
    ...(!isExternal && spec.externalName ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
    ...(trafficDistribution === 'PreferClose' ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'] : []),
  ]
}

function headlessWarnings({ externalIPs = [], loadBalancerIP = '', sessionAffinity }: Service['spec']): readonly string[] {
  return [
    ...(loadBalancerIP === '' ? [] : ['spec.loadBalancerIP is ignored for headless services']),
    ...(externalIPs.length === 0 ? [] : ['spec.externalIPs is ignored for headless services']),
    ...(sessionAffinity === 'ClientIP' ? ['spec.SessionAffinity is ignored for headless services'] : []),
  ]
}

function addressWarnings(at: string, text: string): readonly string[] {
  const address = text.includes(':') ? parseIp(text) : undefined
  const canonical = address === undefined ? text : canonicalIp(address)
  return canonical === text
    ? []
    : [`${at}: IPv6 address ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`]
}

function rangeWarnings(at: string, text: string): readonly string[] {
  const [address = '', bits = ''] = text.trim().split('/')
  const parsed = address.includes(':') ? parseIp(address) : undefined
  const canonical = parsed === undefined ? text.trim() : `${canonicalIp(parsed)}/${bits}`
  return canonical === text.trim()
    ? []
    : [`${at}: IPv6 CIDR value ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`]
}
