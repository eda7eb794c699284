/** kube-proxy's configuration file, `KubeProxyConfiguration`: the fields that are read, and those that are only known. */
import type { ConfigDocument, ConfigShape } from '#component/config-file'
import { ConfigFileError } from '#component/config-file'
import { parseDurationMs } from '#meta/duration'

const fieldNames = `
  featureGates clientConnection logging hostnameOverride bindAddress healthzBindAddress metricsBindAddress bindAddressHardFail enableProfiling
  showHiddenMetricsForVersion mode iptables ipvs nftables winkernel detectLocalMode detectLocal clusterCIDR nodePortAddresses oomScoreAdj
  conntrack configSyncPeriod portRange windowsRunAsService
`

/** Fields inside of those that we read; others are not looked into. */
const innerFields: Readonly<Record<string, readonly string[]>> = {
  clientConnection: ['kubeconfig', 'acceptContentTypes', 'contentType', 'qps', 'burst'],
  conntrack: ['maxPerCore', 'min', 'tcpEstablishedTimeout', 'tcpCloseWaitTimeout', 'tcpBeLiberal', 'udpTimeout', 'udpStreamTimeout'],
  detectLocal: ['bridgeInterface', 'interfaceNamePrefix'],
  iptables: ['masqueradeBit', 'masqueradeAll', 'localhostNodePorts', 'syncPeriod', 'minSyncPeriod'],
  nftables: ['masqueradeBit', 'masqueradeAll', 'syncPeriod', 'minSyncPeriod'],
}

export const proxyConfigShape: ConfigShape = {
  apiVersions: ['kubeproxy.config.k8s.io/v1alpha1'],
  kind: 'KubeProxyConfiguration',
  fields: fieldNames.trim().split(/\s+/),
}

export type ProxyMode = '' | 'iptables' | 'ipvs' | 'nftables'
export type DetectLocalMode = '' | 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix'

/** Absent limits leave the kernel's own as they are. */
export type ConntrackConfig = {
  readonly maxPerCore: number
  readonly min: number
  readonly tcpEstablishedTimeoutMs: number
  readonly tcpCloseWaitTimeoutMs: number
  readonly tcpBeLiberal: boolean
  readonly udpTimeoutMs: number
  readonly udpStreamTimeoutMs: number
}

export type ProxyConfig = {
  readonly mode: ProxyMode
  readonly kubeconfig: string
  readonly hostnameOverride: string
  readonly bindAddress: string
  readonly healthzBindAddress: string
  readonly metricsBindAddress: string
  readonly clusterCidr: string
  readonly nodePortAddresses: readonly string[]
  readonly detectLocalMode: DetectLocalMode
  readonly bridgeInterface: string
  readonly interfaceNamePrefix: string
  readonly masqueradeAll: boolean
  readonly minSyncPeriodMs: number
  readonly conntrack: ConntrackConfig
}

type Fields = Readonly<Record<string, unknown>>

/** Throws a ConfigFileError where a field has a value that cannot be meant. */
export function proxyConfigOf(document: ConfigDocument): ProxyConfig {
  const inner = (field: string) => innerOf(document, field)
  const mode = parseMode(text(document, 'mode', ''))
  const backend = inner(mode === 'nftables' ? 'nftables' : 'iptables')
  const [connection, local, conntrack] = [inner('clientConnection'), inner('detectLocal'), inner('conntrack')]
  return {
    mode,
    kubeconfig: text(connection, 'kubeconfig', ''),
    hostnameOverride: text(document, 'hostnameOverride', ''),
    bindAddress: text(document, 'bindAddress', ''),
    healthzBindAddress: text(document, 'healthzBindAddress', '') || '0.0.0.0:10256',
    metricsBindAddress: text(document, 'metricsBindAddress', '') || '127.0.0.1:10249',
    clusterCidr: text(document, 'clusterCIDR', ''),
    nodePortAddresses: (document['nodePortAddresses'] ?? []) as readonly string[],
    detectLocalMode: parseDetectLocalMode(text(document, 'detectLocalMode', '')),
    bridgeInterface: text(local, 'bridgeInterface', ''),
    interfaceNamePrefix: text(local, 'interfaceNamePrefix', ''),
    masqueradeAll: backend['masqueradeAll'] === true,
    minSyncPeriodMs: duration(backend, 'minSyncPeriod', 1000),
    conntrack: {
      maxPerCore: number(conntrack, 'maxPerCore', 32_768),
      min: number(conntrack, 'min', 131_072),
      tcpEstablishedTimeoutMs: duration(conntrack, 'tcpEstablishedTimeout', 24 * 3600_000),
      tcpCloseWaitTimeoutMs: duration(conntrack, 'tcpCloseWaitTimeout', 3600_000),
      tcpBeLiberal: conntrack['tcpBeLiberal'] === true,
      udpTimeoutMs: duration(conntrack, 'udpTimeout', 0),
      udpStreamTimeoutMs: duration(conntrack, 'udpStreamTimeout', 0),
    },
  }
}

function innerOf(document: ConfigDocument, field: string): Fields {
  const fields = (document[field] ?? {}) as Fields
  const unknown = Object.keys(fields).filter((name) => !innerFields[field]?.includes(name))
  if (unknown.length === 0) return fields
  throw new ConfigFileError(`strict decoding error: ${unknown.map((name) => `unknown field "${field}.${name}"`).join(', ')}`)
}

export function parseMode(value: string): ProxyMode {
  if (value === '' || value === 'iptables' || value === 'ipvs' || value === 'nftables') return value
  throw new ConfigFileError(
    `mode: Invalid value: ${JSON.stringify(value)}: must be iptables, ipvs, nftables or blank (blank means the best-available proxy)`,
  )
}

export function parseDetectLocalMode(value: string): DetectLocalMode {
  if (value === '' || value === 'ClusterCIDR' || value === 'NodeCIDR' || value === 'BridgeInterface' || value === 'InterfaceNamePrefix')
    return value
  throw new ConfigFileError(
    `detectLocalMode: Invalid value: ${JSON.stringify(value)}: must be ClusterCIDR, NodeCIDR, BridgeInterface, InterfaceNamePrefix or blank (blank means the best-available detect local mode)`,
  )
}

function text(fields: Fields, field: string, fallback: string): string {
  const value = fields[field]
  return typeof value === 'string' ? value : fallback
}

function number(fields: Fields, field: string, fallback: number): number {
  const value = fields[field]
  return typeof value === 'number' ? value : fallback
}

function duration(fields: Fields, field: string, fallbackMs: number): number {
  const value = fields[field]
  if (value === undefined || value === null) return fallbackMs
  const milliseconds = typeof value === 'string' ? parseDurationMs(value) : undefined
  if (milliseconds === undefined) throw new ConfigFileError(`${field}: Invalid value: ${JSON.stringify(value)}: must be a duration`)
  return milliseconds
}
