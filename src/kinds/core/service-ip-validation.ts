/** Cluster addresses and address families of a service (upstream: validateServiceClusterIPsRelatedFields). */
import { duplicate, type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { invalidEach } from '#meta/object-meta-validation'
import { ipFamilyOf, legacyIpProblems } from '../ip-address.ts'
import type { ServiceSpec } from './types.gen.ts'

const spec = FieldPath.of('spec')
const families = ['IPv4', 'IPv6']
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

export function* validateClusterIPs(service: ServiceSpec): FieldErrors {
  const { type, clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = service
  if (type === 'ExternalName') return
  const at = spec.field('clusterIPs')
  if (clusterIP === '' && clusterIPs.length > 0) yield invalid(at, clusterIPs, 'must be empty when `clusterIP` is not specified')
  if (clusterIP !== '' && clusterIPs.length === 0) yield required(at)
  if (clusterIP !== '' && clusterIPs.length > 0 && clusterIP !== clusterIPs[0])
    yield invalid(at, clusterIPs, 'first value must match `clusterIP`')
  yield* validateFamilies(ipFamilies)
  if (ipFamilyPolicy !== undefined && !policies.includes(ipFamilyPolicy)) {
    yield notSupported(spec.field('ipFamilyPolicy'), ipFamilyPolicy, policies)
  }
  const problems = [...validateAddresses(clusterIPs)]
  yield* problems
  if (clusterIPs.length > 2) yield invalid(at, clusterIPs, 'may only hold up to 2 values')
  if (problems.length > 0) return
  yield* validateFamilyMatch(clusterIPs, ipFamilies)
}

/** Of a service that is only another name. */
export function* validateNoAddresses({ clusterIPs = [], ipFamilies = [], ipFamilyPolicy }: ServiceSpec): FieldErrors {
  if (clusterIPs.length > 0) yield forbiddenField(spec.field('clusterIPs'), 'may not be set for ExternalName services')
  if (ipFamilies.length > 0) yield forbiddenField(spec.field('ipFamilies'), 'may not be set for ExternalName services')
  if (ipFamilyPolicy !== undefined) yield forbiddenField(spec.field('ipFamilyPolicy'), 'may not be set for ExternalName services')
}

function* validateFamilies(ipFamilies: readonly string[]): FieldErrors {
  const seen = new Set<string>()
  for (const [index, family] of ipFamilies.entries()) {
    const at = spec.field('ipFamilies').index(index)
    if (!families.includes(family)) yield notSupported(at, family, families)
    if (seen.has(family)) yield duplicate(at, family)
    seen.add(family)
  }
}

function* validateAddresses(clusterIPs: readonly string[]): FieldErrors {
  const at = spec.field('clusterIPs')
  for (const [index, ip] of clusterIPs.entries()) {
    if (index === 0 && ip === 'None') {
      if (clusterIPs.length > 1) yield invalid(at, clusterIPs, "'None' must be the first and only value")
    } else yield* invalidEach(at.index(index), ip, legacyIpProblems(ip))
  }
}

function* validateFamilyMatch(clusterIPs: readonly string[], ipFamilies: readonly string[]): FieldErrors {
  const [first, second] = clusterIPs.map(ipFamilyOf)
  if (clusterIPs.length > 1 && new Set([first, second]).size < 2) {
    yield invalid(spec.field('clusterIPs'), clusterIPs, 'may specify no more than one IP for each IP family')
  }
  for (const [index, ip] of clusterIPs.entries()) {
    const family = ipFamilies[index]
    const actual = ipFamilyOf(ip)
    if (family === undefined || actual === undefined || actual === family) continue
    yield invalid(spec.field('clusterIPs').index(index), ip, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``)
  }
}
