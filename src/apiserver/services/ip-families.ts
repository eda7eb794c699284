/** Which IP families a service gets, by its wishes and by what the cluster has (upstream: initIPFamilyFields). Pure. */
import type { Service } from '#kinds/core/service.kind'
import { validateClusterIPs } from '#kinds/core/service-ip-validation'
import { type FieldError, FieldPath, invalid } from '#meta/field-path'
import { familyOf, type IpFamily } from './ip-range.ts'

type ServiceSpec = NonNullable<Service['spec']>
export type FamilyChoice = { readonly spec: ServiceSpec; readonly errors: readonly FieldError[] }

const at = FieldPath.of('spec')

/** `configured`: the families of the cluster's service ranges, the first is the default. */
export function withIpFamilies(given: ServiceSpec, old: ServiceSpec | undefined, configured: readonly IpFamily[]): FamilyChoice {
  if (given.type === 'ExternalName' || keepsPreference(given, old)) return { spec: given, errors: [] }
  const wanted = { ...given, ipFamilyPolicy: given.ipFamilyPolicy ?? old?.ipFamilyPolicy ?? defaultPolicy(given) }
  // What is wrong in itself is refused before anything is made of it.
  const problems = [...validateClusterIPs(wanted)]
  if (problems.length > 0) return { spec: wanted, errors: problems }
  const spec = withoutReleased(wanted, old)
  const reductions = [...reductionErrors(spec, old), ...singleStackErrors(spec)]
  const inferred = withInferredFamilies(spec, configured)
  const errors = [...reductions, ...inferred.errors]
  if (errors.length > 0) return { spec, errors }
  return completed(inferred.spec, configured)
}

export function isHeadless({ clusterIP, clusterIPs }: ServiceSpec): boolean {
  return (clusterIPs?.[0] ?? clusterIP) === 'None'
}

/** Without a selector nobody but the owner of the endpoints knows their family, so both are allowed. */
function isOpen(spec: ServiceSpec): boolean {
  return isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0
}

/** A service that prefers two families gets no other ones because the cluster has changed. */
function keepsPreference(spec: ServiceSpec, old: ServiceSpec | undefined): boolean {
  const isPreference = spec.ipFamilyPolicy === 'PreferDualStack' && old?.ipFamilyPolicy === 'PreferDualStack'
  return (
    isPreference && old?.type !== 'ExternalName' && isSame(spec.clusterIPs, old?.clusterIPs) && isSame(spec.ipFamilies, old?.ipFamilies)
  )
}

function defaultPolicy(spec: ServiceSpec): string {
  return isOpen(spec) ? 'RequireDualStack' : 'SingleStack'
}

/** Who asks for one family and says nothing else, gives up the second address. */
function withoutReleased(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  if (old === undefined || spec.ipFamilyPolicy !== 'SingleStack') return spec
  return {
    ...spec,
    ...(isSame(spec.clusterIPs, old.clusterIPs) ? { clusterIPs: spec.clusterIPs?.slice(0, 1) } : {}),
    ...(isSame(spec.ipFamilies, old.ipFamilies) ? { ipFamilies: spec.ipFamilies?.slice(0, 1) } : {}),
  }
}

function reductionErrors({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  if (old === undefined || ipFamilyPolicy === 'SingleStack') return []
  const fault = (what: string) =>
    invalid(at.field('ipFamilyPolicy'), ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`)
  return [
    ...(clusterIPs.length === 1 && old.clusterIPs?.length === 2 ? [fault('cluster IP')] : []),
    ...(ipFamilies.length === 1 && old.ipFamilies?.length === 2 ? [fault('IP family')] : []),
  ]
}

function singleStackErrors({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: ServiceSpec): FieldError[] {
  if (ipFamilyPolicy !== 'SingleStack') return []
  const fault = (what: string) =>
    invalid(
      at.field('ipFamilyPolicy'),
      ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    )
  return [...(clusterIPs.length === 2 ? [fault('cluster IPs')] : []), ...(ipFamilies.length === 2 ? [fault('IP families')] : [])]
}

/** An address says its family where none is named. */
function withInferredFamilies(spec: ServiceSpec, configured: readonly IpFamily[]): FamilyChoice {
  const { clusterIPs = [], ipFamilies = [] } = spec
  const inferred = isHeadless(spec) ? [] : clusterIPs.slice(ipFamilies.length).map(familyOf)
  const errors = inferred.flatMap((family, index) =>
    family === undefined || configured.includes(family)
      ? []
      : [invalid(at.field('clusterIPs').index(ipFamilies.length + index), clusterIPs, `${family} is not configured on this cluster`)],
  )
  return { spec: { ...spec, ipFamilies: [...ipFamilies, ...inferred.filter((family) => family !== undefined)] }, errors }
}

function completed(spec: ServiceSpec, configured: readonly IpFamily[]): FamilyChoice {
  const { ipFamilies = [], ipFamilyPolicy } = spec
  const isFree = isOpen(spec)
  const errors = isFree ? [] : clusterErrors(spec, configured)
  if (errors.length > 0) return { spec, errors }
  const families = ipFamilies.length === 0 ? configured.slice(0, 1) : ipFamilies
  const isDual = ipFamilyPolicy !== 'SingleStack' && families.length === 1 && (isFree || configured.length === 2)
  return { spec: { ...spec, ipFamilies: isDual ? [...families, families[0] === 'IPv4' ? 'IPv6' : 'IPv4'] : families }, errors: [] }
}

function clusterErrors({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec, configured: readonly IpFamily[]): readonly FieldError[] {
  const isTooMuch = ipFamilyPolicy === 'RequireDualStack' && configured.length < 2
  return [
    ...(isTooMuch ? [invalid(at.field('ipFamilyPolicy'), ipFamilyPolicy, 'this cluster is not configured for dual-stack services')] : []),
    ...ipFamilies.flatMap((family, index) =>
      configured.some((one) => one === family)
        ? []
        : [invalid(at.field('ipFamilies').index(index), family, 'not configured on this cluster')],
    ),
  ]
}

function isSame(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return (one ?? []).join() === (other ?? []).join()
}
