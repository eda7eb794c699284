/** The level `baseline`: known ways of taking over the node are closed. In the order of their ids. */
import type { PodSpec, SELinuxOptions } from '#kinds/core/types.gen'
import {
  type AnyContainer,
  type Check,
  containersOf,
  containersText,
  distinctSorted,
  type Finding,
  namesWhere,
  type PodUnderTest,
  plural,
  quoted,
  settersText,
} from './check.ts'

const defaultCapabilities: ReadonlySet<string> = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
)
/** Each with the version from which on it is allowed. */
const allowedSysctls: ReadonlyMap<string, number> = new Map([
  ['kernel.shm_rmid_forced', 0],
  ['net.ipv4.ip_local_port_range', 0],
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.ip_unprivileged_port_start', 0],
  ['net.ipv4.ping_group_range', 0],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_keepalive_intvl', 29],
  ['net.ipv4.tcp_keepalive_probes', 29],
  ['net.ipv4.tcp_keepalive_time', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_syncookies', 0],
  ['net.ipv4.tcp_wmem', 32],
])
const allowedSelinuxTypes: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['container_t', 0],
  ['container_init_t', 0],
  ['container_kvm_t', 0],
  ['container_engine_t', 31],
])

function isAllowedAt(allowed: ReadonlyMap<string, number>, name: string, minor: number): boolean {
  const since = allowed.get(name)
  return since !== undefined && since <= minor
}

export const baselineChecks: readonly Check[] = [
  { id: 'appArmorProfile', sinceMinor: 0, find: appArmorProfile },
  { id: 'capabilities_baseline', sinceMinor: 0, find: capabilities },
  { id: 'hostNamespaces', sinceMinor: 0, find: hostNamespaces },
  { id: 'hostPathVolumes', sinceMinor: 0, find: hostPathVolumes },
  { id: 'hostPorts', sinceMinor: 0, find: hostPorts },
  { id: 'hostProbesAndHostLifecycle', sinceMinor: 34, find: hostProbes },
  { id: 'privileged', sinceMinor: 0, find: privileged },
  { id: 'procMount', sinceMinor: 0, find: procMount },
  { id: 'seLinuxOptions', sinceMinor: 0, find: selinuxOptions },
  { id: 'seccompProfile_baseline', sinceMinor: 19, find: seccompProfile },
  { id: 'sysctls', sinceMinor: 0, find: sysctls },
  { id: 'windowsHostProcess', sinceMinor: 0, find: windowsHostProcess },
]

const appArmorAnnotationPrefix = 'container.apparmor.security.beta.kubernetes.io/'

function appArmorProfile({ metadata, spec }: PodUnderTest): Finding | undefined {
  const annotations = Object.entries(metadata.annotations ?? {}).flatMap(([key, value]) => {
    const isAllowed = value === 'runtime/default' || value === '' || value.startsWith('localhost/')
    return key.startsWith(appArmorAnnotationPrefix) && !isAllowed ? [`"${key}="${value}""`] : []
  })
  const badType = (type: string | undefined) => (type === undefined || type === 'RuntimeDefault' || type === 'Localhost' ? undefined : type)
  const podType = badType(spec.securityContext?.appArmorProfile?.type)
  const containerType = ({ securityContext }: AnyContainer) => badType(securityContext?.appArmorProfile?.type)
  const names = namesWhere(spec, (container) => containerType(container) !== undefined)
  const types = [podType, ...containersOf(spec).map(containerType)].flatMap((type) => (type === undefined ? [] : [JSON.stringify(type)]))
  const values = distinctSorted([...types, ...annotations])
  if (values.length === 0) return undefined
  const setters = [settersText(podType !== undefined, names), annotations.length > 0 ? plural('annotation', annotations.length) : '']
  return {
    reason: plural('forbidden AppArmor profile', values.length),
    detail: `${setters.filter((text) => text !== '').join(' and ')} must not set AppArmor profile type to ${values.join(', ')}`,
  }
}

function addedBeyondDefault({ securityContext }: AnyContainer): readonly string[] {
  return (securityContext?.capabilities?.add ?? []).filter((capability) => !defaultCapabilities.has(capability))
}

function capabilities({ spec }: PodUnderTest): Finding | undefined {
  const names = namesWhere(spec, (container) => addedBeyondDefault(container).length > 0)
  if (names.length === 0) return undefined
  const added = distinctSorted(containersOf(spec).flatMap(addedBeyondDefault))
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(names)} must not include ${quoted(added)} in securityContext.capabilities.add`,
  }
}

function hostNamespaces({ spec }: PodUnderTest): Finding | undefined {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true)
  return shared.length === 0 ? undefined : { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') }
}

function hostPathVolumes({ spec }: PodUnderTest): Finding | undefined {
  const names = (spec.volumes ?? []).filter((volume) => volume.hostPath !== undefined).map((volume) => volume.name)
  return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${quoted(names)}` }
}

function hostPorts({ spec }: PodUnderTest): Finding | undefined {
  const portsOf = ({ ports = [] }: AnyContainer) => ports.flatMap(({ hostPort }) => (hostPort ? [`${hostPort}`] : []))
  const names = namesWhere(spec, (container) => portsOf(container).length > 0)
  if (names.length === 0) return undefined
  const ports = distinctSorted(containersOf(spec).flatMap(portsOf))
  return {
    reason: 'hostPort',
    detail: `${containersText(names)} ${usesText(names.length)} ${plural('hostPort', ports.length)} ${ports.join(', ')}`,
  }
}

function hostProbes({ spec }: PodUnderTest): Finding | undefined {
  const names = namesWhere(spec, (container) => probeHostsOf(container).length > 0)
  if (names.length === 0) return undefined
  const hosts = distinctSorted(containersOf(spec).flatMap(probeHostsOf))
  const detail = `${containersText(names)} ${usesText(names.length)} probe or lifecycle ${plural('host', hosts.length)} ${quoted(hosts)}`
  return { reason: 'probe or lifecycle host', detail }
}

function probeHostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: AnyContainer): readonly string[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
  const hosts = handlers.flatMap((handler) => [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''])
  return hosts.filter((host) => host !== '')
}

function privileged({ spec }: PodUnderTest): Finding | undefined {
  const names = namesWhere(spec, ({ securityContext }) => securityContext?.privileged === true)
  return names.length === 0
    ? undefined
    : { reason: 'privileged', detail: `${containersText(names)} must not set securityContext.privileged=true` }
}

function procMount({ spec }: PodUnderTest): Finding | undefined {
  // In a user namespace of its own, an unmasked /proc shows nothing of the node.
  if (spec.hostUsers === false) return undefined
  const valueOf = ({ securityContext }: AnyContainer) => securityContext?.procMount ?? 'Default'
  const names = namesWhere(spec, (container) => valueOf(container) !== 'Default')
  if (names.length === 0) return undefined
  const values = distinctSorted(
    containersOf(spec)
      .map(valueOf)
      .filter((value) => value !== 'Default'),
  )
  return { reason: 'procMount', detail: `${containersText(names)} must not set securityContext.procMount to ${quoted(values)}` }
}

function selinuxOptions({ spec }: PodUnderTest, minor: number): Finding | undefined {
  const isForbidden = (type = '') => !isAllowedAt(allowedSelinuxTypes, type, minor)
  const isBad = (options: SELinuxOptions = {}) => isForbidden(options.type) || Boolean(options.user) || Boolean(options.role)
  const names = namesWhere(spec, ({ securityContext }) => isBad(securityContext?.seLinuxOptions))
  const setters = settersText(isBad(spec.securityContext?.seLinuxOptions), names)
  if (setters === '') return undefined
  const all = [spec.securityContext?.seLinuxOptions, ...containersOf(spec).map(({ securityContext }) => securityContext?.seLinuxOptions)]
  const types = distinctSorted(all.flatMap((options) => (isForbidden(options?.type) ? [options?.type ?? ''] : [])))
  const faults = [
    ...(types.length > 0 ? [`${plural('type', types.length)} ${quoted(types)}`] : []),
    ...(all.some((options) => options?.user) ? ['user may not be set'] : []),
    ...(all.some((options) => options?.role) ? ['role may not be set'] : []),
  ]
  return { reason: 'seLinuxOptions', detail: `${setters} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}` }
}

function seccompProfile({ spec }: PodUnderTest): Finding | undefined {
  return seccompUnconfined(spec)
}

/** Also the first part of the restricted rule. */
export function seccompUnconfined(spec: PodSpec): Finding | undefined {
  const isBad = (type: string | undefined) => type === 'Unconfined'
  const names = namesWhere(spec, ({ securityContext }) => isBad(securityContext?.seccompProfile?.type))
  const setters = settersText(isBad(spec.securityContext?.seccompProfile?.type), names)
  if (setters === '') return undefined
  return { reason: 'seccompProfile', detail: `${setters} must not set securityContext.seccompProfile.type to "Unconfined"` }
}

function sysctls({ spec }: PodUnderTest, minor: number): Finding | undefined {
  const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !isAllowedAt(allowedSysctls, name, minor))
  return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') }
}

function windowsHostProcess({ spec }: PodUnderTest): Finding | undefined {
  const names = namesWhere(spec, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true)
  const setters = settersText(spec.securityContext?.windowsOptions?.hostProcess === true, names)
  return setters === ''
    ? undefined
    : { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` }
}

function usesText(count: number): string {
  return count === 1 ? 'uses' : 'use'
}
