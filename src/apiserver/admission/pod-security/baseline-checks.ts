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
const allowedSysctls: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
])
const allowedSelinuxTypes: ReadonlySet<string> = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'])

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
  { id: 'seccompProfile_baseline', sinceMinor: 0, find: seccompProfile },
  { id: 'sysctls', sinceMinor: 0, find: sysctls },
  { id: 'windowsHostProcess', sinceMinor: 0, find: windowsHostProcess },
]

const appArmorAnnotationPrefix = 'container.apparmor.security.beta.kubernetes.io/'

function appArmorProfile({ metadata, spec }: PodUnderTest): Finding | undefined {
  const ofAnnotations = Object.entries(metadata.annotations ?? {}).flatMap(([key, value]) => {
    const isBad = key.startsWith(appArmorAnnotationPrefix) && value !== 'runtime/default' && value !== '' && !value.startsWith('localhost/')
    return isBad ? [`${key}=${JSON.stringify(value)}`] : []
  })
  const isBad = (type: string | undefined) => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'
  const badContainers = namesWhere(spec, ({ securityContext }) => isBad(securityContext?.appArmorProfile?.type))
  const setters = settersText(isBad(spec.securityContext?.appArmorProfile?.type), badContainers)
  const ofFields = setters === '' ? [] : [`${setters} must not set AppArmor profile type to "Unconfined"`]
  const all = [...ofFields, ...ofAnnotations.sort()]
  return all.length === 0 ? undefined : { reason: plural('forbidden AppArmor profile', all.length), detail: all.join(', ') }
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

function selinuxOptions({ spec }: PodUnderTest): Finding | undefined {
  const isBad = (options: SELinuxOptions | undefined) => selinuxFaults(options).length > 0
  const names = namesWhere(spec, ({ securityContext }) => isBad(securityContext?.seLinuxOptions))
  const setters = settersText(isBad(spec.securityContext?.seLinuxOptions), names)
  if (setters === '') return undefined
  const all = [spec.securityContext?.seLinuxOptions, ...containersOf(spec).map(({ securityContext }) => securityContext?.seLinuxOptions)]
  const types = distinctSorted(all.flatMap((options) => (allowedSelinuxTypes.has(options?.type ?? '') ? [] : [options?.type ?? ''])))
  const faults = [
    ...(types.length > 0 ? [`${plural('type', types.length)} ${quoted(types)}`] : []),
    ...(all.some((options) => options?.user) ? ['user may not be set'] : []),
    ...(all.some((options) => options?.role) ? ['role may not be set'] : []),
  ]
  return { reason: 'seLinuxOptions', detail: `${setters} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}` }
}

function selinuxFaults(options: SELinuxOptions | undefined): readonly string[] {
  const { type = '', user = '', role = '' } = options ?? {}
  return [allowedSelinuxTypes.has(type) ? '' : type, user, role].filter((fault) => fault !== '')
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

function sysctls({ spec }: PodUnderTest): Finding | undefined {
  const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowedSysctls.has(name))
  return names.length === 0 ? undefined : { reason: plural('forbidden sysctl', names.length), detail: names.join(', ') }
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
