/** What services have to keep (upstream: ValidateService, ValidateServiceUpdate). */
import { duplicate, type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain, isPortName, isQualifiedName } from '#meta/names'
import { invalidEach, validateLabels } from '#meta/object-meta-validation'
import { cidrProblems, ipMessage, legacyIpProblems, parseIp, specialIpProblems } from '../ip-address.ts'
import { validatePort } from '../number-validation.ts'
import { protocols } from './protocols.ts'
import { isExternallyAccessible } from './service-defaults.ts'
import { validateClusterIPs, validateNoAddresses } from './service-ip-validation.ts'
import type { Service, ServicePort, ServiceSpec } from './types.gen.ts'

const spec = FieldPath.of('spec')
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const affinitySecondsMax = 86_400
const loadBalancerOnly = "may only be used when `type` is 'LoadBalancer'"

export function* validateService(service: Service): FieldErrors {
  yield* validateTopologyAnnotations(service)
  const { type = '', ports = [], clusterIP, selector } = service.spec
  const isHeadless = clusterIP === 'None'
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') yield required(spec.field('ports'))
  yield* validateForType(service.spec)
  yield* validatePorts(ports)
  if (selector !== undefined) yield* validateLabels(selector, spec.field('selector'))
  yield* validateAffinity(service.spec)
  yield* validateClusterIPs(service.spec)
  yield* validateExternalIPs(service.spec)
  if (type === '') yield required(spec.field('type'))
  else if (!types.includes(type)) yield notSupported(spec.field('type'), type, types)
  if (type === 'ClusterIP') yield* validateNoNodePorts(ports)
  yield* validateUniquePorts(ports)
  yield* validateLoadBalancerFields(service)
  yield* validateTraffic(service.spec)
}

export function* validateServiceUpdate(next: Service, old: Service): FieldErrors {
  const keepsAddress = next.spec.type !== 'ExternalName' && old.spec.type !== 'ExternalName'
  const first = old.spec.clusterIPs?.[0]
  if (keepsAddress && first !== undefined && first !== '' && next.spec.clusterIPs?.[0] !== first) {
    yield invalid(spec.field('clusterIPs').index(0), next.spec.clusterIPs ?? null, 'may not change once set')
  }
  const isChecked = [next, old].every(
    ({ spec: { type, externalTrafficPolicy } }) => type === 'LoadBalancer' && externalTrafficPolicy === 'Local',
  )
  if (isChecked && old.spec.healthCheckNodePort !== next.spec.healthCheckNodePort) {
    yield forbiddenField(spec.field('healthCheckNodePort'), 'field is immutable')
  }
  const [second, nextSecond] = [old.spec.clusterIPs?.[1], next.spec.clusterIPs?.[1]]
  if (keepsAddress && second !== undefined && nextSecond !== undefined && second !== nextSecond) {
    yield invalid(spec.field('clusterIPs').index(1), next.spec.clusterIPs, 'may not change once set')
  }
  if (next.spec.type === 'LoadBalancer' && old.spec.type === 'LoadBalancer' && next.spec.loadBalancerClass !== old.spec.loadBalancerClass) {
    yield invalid(spec.field('loadBalancerClass'), next.spec.loadBalancerClass ?? null, 'may not change once set')
  }
  // As upstream: told again by what follows.
  yield* validateLoadBalancerClass(next.spec)
  yield* validateService(next)
}

const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints'
const modeAnnotation = 'service.kubernetes.io/topology-mode'
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const annotationsPath = FieldPath.of('metadata', 'annotations')

/** One is the old name of the other. */
function* validateTopologyAnnotations({ metadata: { annotations = {} } }: Service): FieldErrors {
  const [hints, mode] = [annotations[hintsAnnotation], annotations[modeAnnotation]]
  if (hints !== undefined && mode !== undefined && hints !== mode)
    yield invalid(annotationsPath.key(modeAnnotation), mode, `must match annotations[${hintsAnnotation}] when both are specified`)
}

/** The former place of the field; the field counts where both are there. */
function* validateAnnotatedRanges(text: string, type: string | undefined): FieldErrors {
  const at = annotationsPath.key(rangesAnnotation)
  if (type !== 'LoadBalancer') yield forbiddenField(at, loadBalancerOnly)
  if (text.trim() === '') return
  for (const range of text.split(',')) yield* invalidEach(at, range.trim(), cidrProblems(range.trim()))
}

function* validateForType(service: ServiceSpec): FieldErrors {
  const { type, clusterIP, externalName = '' } = service
  const isHeadless = clusterIP === 'None'
  if (type === 'LoadBalancer' && isHeadless)
    yield invalid(spec.field('clusterIPs').index(0), clusterIP, "may not be set to 'None' for LoadBalancer services")
  if (type === 'NodePort' && isHeadless)
    yield invalid(spec.field('clusterIPs').index(0), clusterIP, "may not be set to 'None' for NodePort services")
  if (type !== 'ExternalName') return
  yield* validateNoAddresses(service)
  const name = externalName.endsWith('.') ? externalName.slice(0, -1) : externalName
  if (name === '') yield required(spec.field('externalName'))
  else yield* invalidEach(spec.field('externalName'), name, isDns1123Subdomain(name))
}

function* validatePorts(ports: readonly ServicePort[]): FieldErrors {
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const at = spec.field('ports').index(index)
    const { name = '', protocol = '', targetPort, appProtocol } = port
    if (ports.length > 1 && name === '') yield required(at.field('name'))
    else if (name !== '') {
      yield* invalidEach(at.field('name'), name, isDns1123Label(name))
      if (names.has(name)) yield duplicate(at.field('name'), name)
      names.add(name)
    }
    yield* validatePort(port.port, at.field('port'))
    if (protocol === '') yield required(at.field('protocol'))
    else if (!protocols.includes(protocol)) yield notSupported(at.field('protocol'), protocol, protocols)
    if (typeof targetPort === 'number') yield* validatePort(targetPort, at.field('targetPort'))
    else if (targetPort !== undefined) yield* invalidEach(at.field('targetPort'), targetPort, isPortName(targetPort))
    if (appProtocol !== undefined) yield* invalidEach(at.field('appProtocol'), appProtocol, isQualifiedName(appProtocol))
  }
}

function* validateAffinity({ sessionAffinity = '', sessionAffinityConfig: config }: ServiceSpec): FieldErrors {
  const at = spec.field('sessionAffinity')
  if (sessionAffinity === '') yield required(at)
  else if (sessionAffinity !== 'ClientIP' && sessionAffinity !== 'None') yield notSupported(at, sessionAffinity, ['ClientIP', 'None'])
  if (sessionAffinity !== 'ClientIP') return
  const seconds = config?.clientIP?.timeoutSeconds ?? 0
  const where = spec.field('sessionAffinityConfig').field('clientIP').field('timeoutSeconds')
  if (seconds <= 0 || seconds > affinitySecondsMax)
    yield invalid(where, seconds, `must be greater than 0 and less than ${affinitySecondsMax}`)
}

function* validateExternalIPs({ externalIPs = [] }: ServiceSpec): FieldErrors {
  for (const [index, ip] of externalIPs.entries()) {
    const at = spec.field('externalIPs').index(index)
    const problems = legacyIpProblems(ip)
    yield* invalidEach(at, ip, problems.length > 0 ? problems : specialIpProblems(ip))
  }
}

function* validateNoNodePorts(ports: readonly ServicePort[]): FieldErrors {
  for (const [index, { nodePort }] of ports.entries()) {
    if (nodePort) yield forbiddenField(spec.field('ports').index(index).field('nodePort'), "may not be used when `type` is 'ClusterIP'")
  }
}

/** Neither a node port nor a port may be there twice for one protocol. */
function* validateUniquePorts(ports: readonly ServicePort[]): FieldErrors {
  const nodePorts = new Set<string>()
  for (const [index, { protocol, nodePort }] of ports.entries()) {
    if (!nodePort) continue
    const key = `${protocol}/${nodePort}`
    if (nodePorts.has(key)) yield duplicate(spec.field('ports').index(index).field('nodePort'), nodePort)
    nodePorts.add(key)
  }
  const seen = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const key = `${port.protocol}/${port.port}`
    if (seen.has(key)) {
      yield duplicate(spec.field('ports').index(index), {
        Name: '',
        Protocol: port.protocol,
        AppProtocol: null,
        Port: port.port,
        TargetPort: 0,
        NodePort: 0,
      })
    }
    seen.add(key)
  }
}

function* validateLoadBalancerFields({ metadata, spec: service }: Service): FieldErrors {
  const { type, loadBalancerSourceRanges: ranges = [], allocateLoadBalancerNodePorts } = service
  // As upstream, capital letter and all.
  const at = spec.field('LoadBalancerSourceRanges')
  if (ranges.length > 0 && type !== 'LoadBalancer') yield forbiddenField(at, loadBalancerOnly)
  for (const [index, range] of ranges.entries()) {
    yield* invalidEach(at.index(index), range, cidrProblems(range.trim()))
  }
  const annotated = metadata.annotations?.[rangesAnnotation]
  if (ranges.length === 0 && annotated !== undefined) yield* validateAnnotatedRanges(annotated, type)
  if (allocateLoadBalancerNodePorts !== undefined && type !== 'LoadBalancer') {
    yield forbiddenField(spec.field('allocateLoadBalancerNodePorts'), loadBalancerOnly)
  }
  yield* validateLoadBalancerClass(service)
}

function* validateLoadBalancerClass({ type, loadBalancerClass }: ServiceSpec): FieldErrors {
  if (loadBalancerClass === undefined) return
  if (type !== 'LoadBalancer') yield forbiddenField(spec.field('loadBalancerClass'), loadBalancerOnly)
  else yield* invalidEach(spec.field('loadBalancerClass'), loadBalancerClass, isQualifiedName(loadBalancerClass))
}

function* validateTraffic(service: ServiceSpec): FieldErrors {
  const { type, externalTrafficPolicy: external, internalTrafficPolicy: internal, healthCheckNodePort = 0, trafficDistribution } = service
  const policies = ['Cluster', 'Local']
  if (isExternallyAccessible(service)) {
    if (external === undefined) yield required(spec.field('externalTrafficPolicy'))
    else if (!policies.includes(external)) yield notSupported(spec.field('externalTrafficPolicy'), external, policies)
  } else if (external !== undefined) {
    yield invalid(spec.field('externalTrafficPolicy'), external, 'may only be set for externally-accessible services')
  }
  const healthCheck = spec.field('healthCheckNodePort')
  if (healthCheckNodePort !== 0 && !(type === 'LoadBalancer' && external === 'Local')) {
    yield invalid(healthCheck, healthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
  }
  if (type !== 'ExternalName' && internal === undefined) yield required(spec.field('internalTrafficPolicy'))
  if (internal !== undefined && !policies.includes(internal)) yield notSupported(spec.field('internalTrafficPolicy'), internal, policies)
  const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
  if (trafficDistribution !== undefined && !distributions.includes(trafficDistribution)) {
    yield notSupported(spec.field('trafficDistribution'), trafficDistribution, distributions)
  }
}

const ipModes = ['Proxy', 'VIP']

/** What a load balancer has given (upstream: ValidateLoadBalancerStatus). */
export function* validateServiceStatus({ spec, status }: Service): FieldErrors {
  const at = FieldPath.of('status', 'loadBalancer', 'ingress')
  const points = status.loadBalancer?.ingress ?? []
  if (points.length > 0 && spec.type !== 'LoadBalancer') yield forbiddenField(at, "may only be used when `spec.type` is 'LoadBalancer'")
  for (const [index, { ip, hostname, ipMode }] of points.entries()) {
    const here = at.index(index)
    if (ip && parseIp(ip) === undefined) yield invalid(here.field('ip'), ip, ipMessage)
    if (ip && ipMode === undefined) yield required(here.field('ipMode'), 'must be specified when `ip` is set')
    if (!ip && ipMode !== undefined) yield forbiddenField(here.field('ipMode'), 'may not be specified when `ip` is not set')
    if (ipMode !== undefined && !ipModes.includes(ipMode)) yield notSupported(here.field('ipMode'), ipMode, ipModes)
    if (!hostname) continue
    yield* invalidEach(here.field('hostname'), hostname, isDns1123Subdomain(hostname))
    if (parseIp(hostname) !== undefined) yield invalid(here.field('hostname'), hostname, 'must be a DNS name, not an IP address')
  }
}
