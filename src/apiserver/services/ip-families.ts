/** Which IP families a service gets, by its wishes and by what the cluster has. Pure. */
import type { Service } from '#kinds/core/service.kind'
import { type FieldError, FieldPath, invalid } from '#meta/field-path'
import { familyOf, type IpFamily } from './ip-range.ts'

type ServiceSpec = NonNullable<Service['spec']>
export type FamilyChoice = { readonly spec: ServiceSpec; readonly errors: readonly FieldError[] }

const at = FieldPath.of('spec')

/** `configured`: the families of the cluster's service ranges, the first is the default. */
export function withIpFamilies(spec: ServiceSpec, configured: readonly IpFamily[]): FamilyChoice {
  if (spec.type === 'ExternalName') return { spec, errors: [] }
  // As upstream: without a selector nobody but the owner of the endpoints knows their family, so both are allowed.
  const isOpen = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0
  const families = wantedFamilies(spec)
  const policy = spec.ipFamilyPolicy ?? defaultPolicy(spec, families, isOpen)
  const errors = isOpen ? [] : familyErrors(families, spec, configured)
  return { spec: { ...spec, ipFamilyPolicy: policy, ipFamilies: completed(families, policy, configured, isOpen) }, errors }
}

export function isHeadless({ clusterIP, clusterIPs }: ServiceSpec): boolean {
  return (clusterIPs?.[0] ?? clusterIP) === 'None'
}

/** What the service says itself, or what its addresses say. */
function wantedFamilies({ ipFamilies = [], clusterIPs = [] }: ServiceSpec): readonly string[] {
  const ofAddresses = clusterIPs.map(familyOf).filter((family) => family !== undefined)
  return [...ipFamilies, ...ofAddresses.slice(ipFamilies.length)]
}

function defaultPolicy(spec: ServiceSpec, families: readonly string[], isOpen: boolean): string {
  const isDual = (spec.clusterIPs?.length ?? 0) > 1 || families.length > 1
  return isDual || (isOpen && families.length === 0) ? 'RequireDualStack' : 'SingleStack'
}

function completed(families: readonly string[], policy: string, configured: readonly IpFamily[], isOpen: boolean): readonly string[] {
  const first = families.length === 0 ? configured.slice(0, 1) : families
  if (policy === 'SingleStack' || first.length > 1) return first
  const canBeDual = configured.length > 1 || (isOpen && policy === 'RequireDualStack')
  return canBeDual ? [...first, first[0] === 'IPv4' ? 'IPv6' : 'IPv4'] : first
}

function familyErrors(families: readonly string[], spec: ServiceSpec, configured: readonly IpFamily[]): readonly FieldError[] {
  const isKnown = (family: string) => family === 'IPv4' || family === 'IPv6'
  const missing = families.flatMap((family, index) =>
    isKnown(family) && !configured.some((one) => one === family)
      ? [invalid(at.field('ipFamilies').index(index), family, 'not configured on this cluster')]
      : [],
  )
  if (spec.ipFamilyPolicy !== 'RequireDualStack' || configured.length > 1) return missing
  return [...missing, invalid(at.field('ipFamilyPolicy'), spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services')]
}
