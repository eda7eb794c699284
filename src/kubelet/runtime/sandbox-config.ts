/** A pod's sandbox in CRI's words: name, network, DNS, host ports, cgroup. */

import type { Draft } from '#base/encoding/protobuf'
import type { Pod } from '#kinds/core/types.gen'
import type { DNSConfig, PodSandboxConfig } from '#net/cri/cri.gen'
import { runtimeAnnotations, runtimeLabels } from './records.ts'
import { sandboxSecurityContextOf } from './security-context.ts'

export type DnsFacts = {
  readonly clusterDns: readonly string[]
  readonly clusterDomain: string
  /** The node's own resolver. */
  readonly host: { readonly servers: readonly string[]; readonly searches: readonly string[]; readonly options: readonly string[] }
}

export type SandboxFacts = { readonly attempt: number; readonly cgroupParent: string; readonly podLogsDir: string; readonly dns: DnsFacts }

export function sandboxConfigOf(pod: Pod, facts: SandboxFacts): Draft<PodSandboxConfig> {
  const { name = '', namespace = '', uid = '' } = pod.metadata
  const hostname = hostnameOf(pod)
  return {
    metadata: { name, namespace, uid, attempt: facts.attempt },
    ...(pod.spec?.hostNetwork ? {} : { hostname }),
    logDirectory: podLogDirOf(pod, facts.podLogsDir),
    dnsConfig: dnsConfigOf(pod, facts.dns),
    portMappings: hostPortsOf(pod),
    labels: { ...pod.metadata.labels, [runtimeLabels.podName]: name, [runtimeLabels.podNamespace]: namespace, [runtimeLabels.podUid]: uid },
    annotations: { ...pod.metadata.annotations, [runtimeAnnotations.gracePeriod]: `${pod.spec?.terminationGracePeriodSeconds ?? 30}` },
    linux: {
      cgroupParent: facts.cgroupParent,
      securityContext: sandboxSecurityContextOf(pod),
      sysctls: Object.fromEntries((pod.spec?.securityContext?.sysctls ?? []).map((sysctl) => [sysctl.name, sysctl.value])),
    },
  }
}

export function podLogDirOf(pod: Pod, podLogsDir: string): string {
  const { name, namespace, uid } = pod.metadata
  return `${podLogsDir}/${namespace}_${name}_${uid}`
}

/** Linux allows 63 characters; longer names are cut, without a hyphen or dot at the end. */
export function hostnameOf(pod: Pod): string {
  if (pod.spec?.hostnameOverride) return pod.spec.hostnameOverride
  return (pod.spec?.hostname || pod.metadata.name || '').slice(0, 63).replace(/[-.]+$/, '')
}

/** What `hostname -f` says, for pods with a subdomain. */
export function fullHostnameOf(pod: Pod, clusterDomain: string): string | undefined {
  if (!pod.spec?.subdomain) return undefined
  return `${hostnameOf(pod)}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}`
}

const searchesMax = 32
const nameserversMax = 3

function dnsConfigOf(pod: Pod, dns: DnsFacts): Draft<DNSConfig> {
  const base = basePolicy(pod, dns)
  const own = pod.spec?.dnsConfig
  const options = new Map(base.options.map((option) => [option.split(':')[0], option]))
  for (const { name = '', value } of own?.options ?? []) options.set(name, value === undefined ? name : `${name}:${value}`)
  return {
    servers: [...new Set([...base.servers, ...(own?.nameservers ?? [])])].slice(0, nameserversMax),
    searches: [...new Set([...base.searches, ...(own?.searches ?? [])])].slice(0, searchesMax),
    options: [...options.values()],
  }
}

function basePolicy(pod: Pod, dns: DnsFacts): DnsFacts['host'] {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst'
  if (policy === 'None') return { servers: [], searches: [], options: [] }
  const isClusterFirst = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !pod.spec?.hostNetwork)
  if (!isClusterFirst || dns.clusterDns.length === 0) return dns.host
  const domain = dns.clusterDomain
  return {
    servers: dns.clusterDns,
    searches: [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain, ...dns.host.searches],
    options: ['ndots:5'],
  }
}

function hostPortsOf(pod: Pod): Draft<PodSandboxConfig>['portMappings'] {
  if (pod.spec?.hostNetwork) return []
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? []).filter((one) => one.restartPolicy === 'Always')]
  return containers
    .flatMap((container) => container.ports ?? [])
    .filter((port) => (port.hostPort ?? 0) > 0)
    .map((port) => ({
      protocol: port.protocol === 'UDP' ? ('UDP' as const) : port.protocol === 'SCTP' ? ('SCTP' as const) : ('TCP' as const),
      containerPort: port.containerPort,
      hostPort: port.hostPort ?? 0,
      hostIp: port.hostIP ?? '',
    }))
}
