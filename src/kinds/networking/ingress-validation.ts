/** What an Ingress has to keep (upstream: ValidateIngressCreate and ValidateIngressUpdate). */
import { type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain, isPathSegmentName, isPortName, isWildcardDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { legacyIpProblems, parseIp } from '../ip-address.ts'
import { validatePort } from '../number-validation.ts'
import type { HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressServiceBackend } from './types.gen.ts'

const spec = FieldPath.of('spec')
const classAnnotation = 'kubernetes.io/ingress.class'
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']

export function* validateIngress({ spec: given }: Ingress): FieldErrors {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = given
  if (rules.length > 0) {
    for (const [index, rule] of rules.entries()) yield* validateRule(rule, spec.field('rules').index(index))
  }
  if (rules.length === 0 && defaultBackend === undefined) {
    yield invalid(spec, undefined, 'either `defaultBackend` or `rules` must be specified')
  }
  if (defaultBackend !== undefined) yield* validateBackend(defaultBackend, spec.field('defaultBackend'))
  for (const [index, { hosts = [], secretName = '' }] of tls.entries()) {
    for (const [position, host] of hosts.entries()) {
      const at = spec.field('tls').index(index).field('hosts').index(position)
      yield* invalidEach(at, host, hostProblems(host))
    }
    if (secretName !== '')
      yield* invalidEach(spec.field('tls').index(index).field('secretName'), secretName, isDns1123Subdomain(secretName))
  }
  if (ingressClassName !== undefined) {
    yield* invalidEach(spec.field('ingressClassName'), ingressClassName, isDns1123Subdomain(ingressClassName))
  }
}

/** A new Ingress may name its class in the old way too, if it is the same one. */
export function* validateNewIngress({ metadata, spec: { ingressClassName } }: Ingress): FieldErrors {
  const annotated = metadata.annotations?.[classAnnotation]
  if (annotated === undefined || ingressClassName === undefined || annotated === ingressClassName) return
  const at = FieldPath.of('annotations').field(classAnnotation)
  yield invalid(at, annotated, 'must match `ingressClassName` when both are specified')
}

function hostProblems(host: string): readonly string[] {
  return host.includes('*') ? isWildcardDns1123Subdomain(host) : isDns1123Subdomain(host)
}

function* validateRule({ host = '', http }: IngressRule, at: FieldPath): FieldErrors {
  if (host !== '') {
    if (parseIp(host) !== undefined) yield invalid(at.field('host'), host, 'must be a DNS name, not an IP address')
    yield* invalidEach(at.field('host'), host, parseIp(host) === undefined ? hostProblems(host) : [])
  }
  if (http === undefined) return
  const paths = at.field('http').field('paths')
  if ((http.paths ?? []).length === 0) yield required(paths)
  for (const [index, path] of (http.paths ?? []).entries()) yield* validatePath(path, paths.index(index))
}

const badInPath = ['//', '/./', '/../', '%2f', '%2F']
const badAtEnd = ['/..', '/.']

function* validatePath({ path = '', pathType, backend }: HTTPIngressPath, at: FieldPath): FieldErrors {
  switch (pathType) {
    case undefined:
      return yield required(at.field('pathType'), 'pathType must be specified')
    case 'Exact':
    case 'Prefix':
      if (!path.startsWith('/')) yield invalid(at.field('path'), path, 'must be an absolute path')
      if (path === '') break
      for (const bad of badInPath) if (path.includes(bad)) yield invalid(at.field('path'), path, `must not contain '${bad}'`)
      for (const bad of badAtEnd) if (path.endsWith(bad)) yield invalid(at.field('path'), path, `cannot end with '${bad}'`)
      break
    case 'ImplementationSpecific':
      if (path !== '' && !path.startsWith('/')) yield invalid(at.field('path'), path, 'must be an absolute path')
      break
    default:
      yield notSupported(at.field('pathType'), pathType, pathTypes)
  }
  yield* validateBackend(backend ?? {}, at.field('backend'))
}

function* validateBackend({ service, resource }: IngressBackend, at: FieldPath): FieldErrors {
  if (resource !== undefined && service !== undefined) return yield invalid(at, '', 'cannot set both resource and service backends')
  if (resource !== undefined) return yield* validateResourceReference(resource, at.field('resource'))
  if (service === undefined) return yield invalid(at, '', 'resource or service backend is required')
  yield* validateServiceBackend(service, at)
}

function* validateResourceReference(
  { apiGroup, kind = '', name = '' }: NonNullable<IngressBackend['resource']>,
  at: FieldPath,
): FieldErrors {
  if (apiGroup !== undefined) yield* invalidEach(at.field('apiGroup'), apiGroup, isDns1123Subdomain(apiGroup))
  if (kind === '') yield required(at.field('kind'))
  else yield* invalidEach(at.field('kind'), kind, isPathSegmentName(kind))
  if (name === '') yield required(at.field('name'))
  else yield* invalidEach(at.field('name'), name, isPathSegmentName(name))
}

function* validateServiceBackend({ name = '', port = {} }: IngressServiceBackend, at: FieldPath): FieldErrors {
  const nameAt = at.field('service').field('name')
  if (name === '') yield required(nameAt)
  else yield* invalidEach(nameAt, name, isDns1123Label(name))
  const hasName = (port.name ?? '') !== ''
  const hasNumber = (port.number ?? 0) !== 0
  if (hasName && hasNumber) return yield invalid(at, '', 'cannot set both port name & port number')
  if (hasName) yield* invalidEach(at.field('service').field('port').field('name'), port.name, isPortName(port.name ?? ''))
  else if (hasNumber) yield* validatePort(port.number, at.field('service').field('port').field('number'))
  else yield required(at, 'port name or number is required')
}

export function* validateIngressStatus({ status }: Ingress): FieldErrors {
  for (const [index, { ip, hostname }] of (status.loadBalancer?.ingress ?? []).entries()) {
    const at = FieldPath.of('status', 'loadBalancer', 'ingress').index(index)
    if (ip) yield* invalidEach(at.field('ip'), ip, legacyIpProblems(ip))
    if (!hostname) continue
    yield* invalidEach(at.field('hostname'), hostname, isDns1123Subdomain(hostname))
    if (parseIp(hostname) !== undefined) yield invalid(at.field('hostname'), hostname, 'must be a DNS name, not an IP address')
  }
}

export function ingressWarnings({ metadata }: Ingress, old: Ingress | undefined): readonly string[] {
  if (old !== undefined || metadata.annotations?.[classAnnotation] === undefined) return []
  return [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
}
