/** The objects besides roles that every cluster starts with. Pure. */
import { rfc3339 } from '#base/env/clock'
import type { ConfigMap } from '#kinds/core/config-map.kind'
import type { Namespace } from '#kinds/core/namespace.kind'
import type { Service } from '#kinds/core/service.kind'
import type { ServiceCIDR } from '#kinds/networking/service-cidr.kind'
import type { PriorityClass } from '#kinds/scheduling/priority-class.kind'

export type KubernetesServiceOptions = {
  /** The first address of the service range. */
  readonly serviceIp: string
  readonly securePort: number
  /** Makes the service a NodePort one when set. */
  readonly nodePort?: number | undefined
}

export const systemNamespaces: readonly string[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

export function namespace(name: string): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {}, status: {} }
}

/** Above every priority that users may give: 1,000,000,000 is their highest. */
export const systemPriorityClasses: readonly PriorityClass[] = [
  priorityClass('system-cluster-critical', 2_000_000_000, 'must run in the cluster, but can be moved to another node if necessary'),
  priorityClass('system-node-critical', 2_000_001_000, 'must not be moved from their current node'),
]

function priorityClass(name: string, value: number, which: string): PriorityClass {
  const description = `Used for system critical pods that ${which}.`
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description }
}

const https = { name: 'https', protocol: 'TCP' }
const ref = { name: 'kubernetes', namespace: 'default' }

export function kubernetesService({ serviceIp, securePort, nodePort }: KubernetesServiceOptions): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...ref, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP: serviceIp,
      ports: [{ ...https, port: 443, targetPort: securePort, ...(nodePort === undefined ? {} : { nodePort }) }],
      sessionAffinity: 'None',
      ipFamilyPolicy: 'SingleStack',
      type: nodePort === undefined ? 'ClusterIP' : 'NodePort',
    },
    status: {},
  }
}

export function serviceCidr(cidrs: readonly string[]): ServiceCIDR {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs }, status: {} }
}

/** A cluster of one family that has become one of two. */
export function withSecondFamily(found: ServiceCIDR, wanted: ServiceCIDR): ServiceCIDR {
  const [had = [], has = []] = [found.spec?.cidrs, wanted.spec?.cidrs]
  return had.length === 1 && has.length === 2 && had[0] === has[0] ? { ...found, spec: wanted.spec } : found
}

/** What is to be applied so that the range counts as usable; undefined where it does already. */
export function readyServiceCidr({ apiVersion, kind, metadata: { name }, status }: ServiceCIDR, nowMs: number): object | undefined {
  if (status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True')) return undefined
  const message = 'Kubernetes default Service CIDR is ready'
  // As upstream, whose condition has no reason, although the field is required.
  const ready = { type: 'Ready', status: 'True', message, lastTransitionTime: rfc3339(nowMs) }
  return { apiVersion, kind, metadata: { name }, status: { conditions: [ready] } }
}

export type FrontProxyOptions = {
  readonly clientCaPem: string
  readonly usernameHeaders: readonly string[]
  readonly uidHeaders: readonly string[]
  readonly groupHeaders: readonly string[]
  readonly extraPrefixes: readonly string[]
  readonly allowedNames: readonly string[]
}

/** How an extension API server can check whom we pass on; undefined where we pass on nobody. */
export function extensionAuthentication(clientCaPem: string | undefined, frontProxy: FrontProxyOptions | undefined): ConfigMap | undefined {
  // As upstream: where nothing is to be told, nothing is written.
  if (clientCaPem === undefined && frontProxy === undefined) return undefined
  const data = {
    ...(clientCaPem === undefined ? {} : { 'client-ca-file': clientCaPem }),
    ...(frontProxy === undefined ? {} : frontProxyData(frontProxy)),
  }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' }, data }
}

function frontProxyData(options: FrontProxyOptions): Record<string, string> {
  return {
    'requestheader-allowed-names': JSON.stringify(options.allowedNames),
    'requestheader-client-ca-file': options.clientCaPem,
    'requestheader-extra-headers-prefix': JSON.stringify(options.extraPrefixes),
    'requestheader-group-headers': JSON.stringify(options.groupHeaders),
    'requestheader-uid-headers': JSON.stringify(options.uidHeaders),
    'requestheader-username-headers': JSON.stringify(options.usernameHeaders),
  }
}

/** Since when the use of old tokens is noted: the first start of the cluster, as a day. */
export function legacyTokenTracking(nowMs: number): ConfigMap {
  const metadata = { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { since: new Date(nowMs).toISOString().slice(0, 10) } }
}
