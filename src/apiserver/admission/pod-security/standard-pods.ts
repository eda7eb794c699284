/**
 * Pods made from the published Pod Security Standards: for each control, every field that it restricts, with values that it
 * allows and values that it does not, in each sort of container. For tests.
 */
import type { PodSpec } from '#kinds/core/types.gen'
import type { ObjectMeta } from '#meta/types.gen'

/** Which levels allow the pod as of the latest version; `versions` are exceptions before a minor version. */
export type StandardPod = {
  readonly name: string
  readonly metadata: ObjectMeta
  readonly spec: PodSpec
  readonly baseline: boolean
  readonly restricted: boolean
  /** Before this minor version, and from the other one on, the answer of a level was the opposite. */
  readonly turned?: { readonly level: 'baseline' | 'restricted' | 'both'; readonly before: number; readonly from?: number }
}

type Verdict = Pick<StandardPod, 'baseline' | 'restricted' | 'turned'>
type Fields = Readonly<Record<string, unknown>>

const allowed: Verdict = { baseline: true, restricted: true }
const restrictedRefuses: Verdict = { baseline: true, restricted: false }
const refused: Verdict = { baseline: false, restricted: false }

/** What a container needs to be taken at the level `restricted`. */
const safeContainer: Fields = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
const safePod: Fields = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }

function container(name: string, securityContext: Fields = {}, fields: Fields = {}): Fields {
  return { name, image: 'i', ...fields, securityContext: { ...safeContainer, ...securityContext } }
}

function pod(name: string, verdict: Verdict, spec: Fields, securityContext: Fields = {}, metadata: Fields = {}): StandardPod {
  const whole = { containers: [container('c')], ...spec, securityContext: { ...safePod, ...securityContext } }
  return { name, ...verdict, metadata, spec: whole as unknown as PodSpec }
}

/** The same in each sort of container. */
function* inContainers(name: string, verdict: Verdict, securityContext: Fields, fields: Fields = {}): Generator<StandardPod> {
  yield pod(`${name}, container`, verdict, { containers: [container('c', securityContext, fields)] })
  yield pod(`${name}, second container`, verdict, { containers: [container('c'), container('d', securityContext, fields)] })
  yield pod(`${name}, init container`, verdict, { initContainers: [container('i', securityContext, fields)] })
}

/** The same for the pod and in each sort of container. */
function* everywhere(name: string, verdict: Verdict, securityContext: Fields): Generator<StandardPod> {
  yield pod(`${name}, pod`, verdict, {}, securityContext)
  yield* inContainers(name, verdict, securityContext)
}

export function* standardPods(): Generator<StandardPod> {
  yield pod('nothing but what is needed', allowed, {})
  yield { ...pod('nothing at all', restrictedRefuses, {}), spec: { containers: [{ name: 'c', image: 'i' }] } }
  yield* hostFields()
  yield* capabilityPods()
  yield* volumePods()
  yield* probePods()
  yield* profilePods()
  yield* selinuxPods()
  yield* sysctlPods()
  yield* privilegePods()
  yield* userPods()
  yield* seccompPods()
  yield* windowsPods()
}

function* hostFields(): Generator<StandardPod> {
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
    yield pod(`${field}: false`, allowed, { [field]: false })
    yield pod(`${field}: true`, refused, { [field]: true })
  }
  yield* inContainers('a port without a host port', allowed, {}, { ports: [{ containerPort: 80, protocol: 'TCP' }] })
  yield* inContainers('a host port', refused, {}, { ports: [{ containerPort: 80, hostPort: 8080, protocol: 'TCP' }] })
}

const harmlessCapabilities = 'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' ')
const dangerousCapabilities =
  'ALL AUDIT_CONTROL AUDIT_READ BLOCK_SUSPEND BPF CAP_CHOWN CHECKPOINT_RESTORE DAC_READ_SEARCH IPC_LOCK IPC_OWNER LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE NET_ADMIN NET_BROADCAST NET_RAW PERFMON SYSLOG SYS_ADMIN SYS_BOOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM chown'.split(
    ' ',
  )

function* capabilityPods(): Generator<StandardPod> {
  const since22 = { level: 'restricted', before: 22 } as const
  const adding = (name: string) => ({ capabilities: { drop: ['ALL'], add: [name] } })
  yield* inContainers('NET_BIND_SERVICE added', allowed, adding('NET_BIND_SERVICE'))
  for (const name of harmlessCapabilities) {
    yield* inContainers(`${name} added`, { ...restrictedRefuses, turned: since22 }, adding(name))
  }
  for (const name of dangerousCapabilities) yield* inContainers(`${name} added`, refused, adding(name))
  yield* inContainers('no capability dropped', { ...restrictedRefuses, turned: since22 }, { capabilities: {} })
  yield* inContainers('one capability dropped', { ...restrictedRefuses, turned: since22 }, { capabilities: { drop: ['KILL'] } })
  yield* inContainers('all and one dropped', allowed, { capabilities: { drop: ['KILL', 'ALL'] } })
}

const volumes: Readonly<Record<string, Fields>> = {
  configMap: { name: 'a' },
  csi: { driver: 'd' },
  downwardAPI: { items: [{ path: 'p', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }] },
  emptyDir: {},
  ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } } } },
  image: { reference: 'i' },
  persistentVolumeClaim: { claimName: 'a' },
  projected: { sources: [] },
  secret: { secretName: 'a' },
}
const foreignVolumes: Readonly<Record<string, Fields>> = {
  awsElasticBlockStore: { volumeID: 'a' },
  azureDisk: { diskName: 'a', diskURI: 'https://blob/a.vhd' },
  azureFile: { secretName: 'a', shareName: 'a' },
  cephfs: { monitors: ['a'] },
  cinder: { volumeID: 'a' },
  fc: { wwids: ['a'] },
  flexVolume: { driver: 'a' },
  flocker: { datasetName: 'a' },
  gcePersistentDisk: { pdName: 'a' },
  gitRepo: { repository: 'a' },
  glusterfs: { endpoints: 'a', path: 'a' },
  iscsi: { targetPortal: 'a', iqn: 'iqn.2001-04.com.example:a', lun: 0 },
  nfs: { server: 'a', path: '/a' },
  photonPersistentDisk: { pdID: 'a' },
  portworxVolume: { volumeID: 'a' },
  quobyte: { registry: 'a:1', volume: 'a' },
  rbd: { monitors: ['a'], image: 'a' },
  scaleIO: { gateway: 'a', system: 'a', secretRef: { name: 'a' }, volumeName: 'a' },
  storageos: { volumeName: 'a' },
  vsphereVolume: { volumePath: 'a' },
}

function* volumePods(): Generator<StandardPod> {
  const mounted = (type: string, source: Fields) => ({ volumes: [{ name: 'v', [type]: source }] })
  for (const [type, source] of Object.entries(volumes)) yield pod(`a volume of type ${type}`, allowed, mounted(type, source))
  for (const [type, source] of Object.entries(foreignVolumes))
    yield pod(`a volume of type ${type}`, restrictedRefuses, mounted(type, source))
  yield pod('a volume of the host', refused, mounted('hostPath', { path: '/a' }))
}

function* probePods(): Generator<StandardPod> {
  const turned = { level: 'both', before: 34 } as const
  for (const host of ['', '10.0.0.1', 'example.com']) {
    const verdict = host === '' ? allowed : { ...refused, turned }
    const actions = { httpGet: { port: 80, host }, tcpSocket: { port: 80, host } }
    for (const [action, fields] of Object.entries(actions)) {
      for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
        yield pod(`${probe}.${action} of host "${host}"`, verdict, { containers: [container('c', {}, { [probe]: { [action]: fields } })] })
      }
      for (const hook of ['postStart', 'preStop']) {
        const lifecycle = { [hook]: { [action]: fields } }
        yield pod(`${hook}.${action} of host "${host}"`, verdict, { containers: [container('c', {}, { lifecycle })] })
      }
    }
  }
}

function* profilePods(): Generator<StandardPod> {
  yield* everywhere('AppArmor RuntimeDefault', allowed, { appArmorProfile: { type: 'RuntimeDefault' } })
  yield* everywhere('AppArmor Localhost', allowed, { appArmorProfile: { type: 'Localhost', localhostProfile: 'p' } })
  yield* everywhere('AppArmor Unconfined', refused, { appArmorProfile: { type: 'Unconfined' } })
  for (const [value, verdict] of [
    ['runtime/default', allowed],
    ['localhost/p', allowed],
    ['unconfined', refused],
  ] as const) {
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': value }
    yield pod(`AppArmor annotation ${value}`, verdict, {}, {}, { annotations })
  }
  yield* inContainers('procMount Default', allowed, { procMount: 'Default' })
}

function* selinuxPods(): Generator<StandardPod> {
  for (const type of ['', 'container_t', 'container_init_t', 'container_kvm_t']) {
    yield* everywhere(`SELinux type "${type}"`, allowed, { seLinuxOptions: { type, level: 's0' } })
  }
  const since31 = { level: 'both', before: 31 } as const
  yield* everywhere(
    'SELinux type "container_engine_t"',
    { ...allowed, turned: since31 },
    { seLinuxOptions: { type: 'container_engine_t' } },
  )
  for (const options of [{ type: 'spc_t' }, { type: 'container_t ' }, { user: 'u' }, { role: 'r' }]) {
    yield* everywhere(`SELinux ${JSON.stringify(options)}`, refused, { seLinuxOptions: options })
  }
}

const sysctls: readonly (readonly [name: string, sinceMinor: number])[] = [
  ['kernel.shm_rmid_forced', 0],
  ['net.ipv4.ip_local_port_range', 0],
  ['net.ipv4.ip_unprivileged_port_start', 0],
  ['net.ipv4.tcp_syncookies', 0],
  ['net.ipv4.ping_group_range', 0],
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.tcp_keepalive_time', 29],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_keepalive_intvl', 29],
  ['net.ipv4.tcp_keepalive_probes', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_wmem', 32],
]

function* sysctlPods(): Generator<StandardPod> {
  for (const [name, before] of sysctls) {
    const verdict: Verdict = before === 0 ? allowed : { ...allowed, turned: { level: 'both', before } }
    yield pod(`sysctl ${name}`, verdict, {}, { sysctls: [{ name, value: '1' }] })
  }
  for (const name of ['kernel.msgmax', 'kernel.sem', 'net.core.somaxconn', 'net.ipv4.ip_forward', 'fs.mqueue.msg_max']) {
    yield pod(`sysctl ${name}`, refused, {}, { sysctls: [{ name, value: '1' }] })
  }
}

function* privilegePods(): Generator<StandardPod> {
  yield* inContainers('privileged: false', allowed, { privileged: false })
  yield* inContainers('privileged: true', refused, { privileged: true, allowPrivilegeEscalation: true })
  const turned = { level: 'restricted', before: 8 } as const
  yield* inContainers('escalation allowed', { ...restrictedRefuses, turned }, { allowPrivilegeEscalation: true })
  yield* inContainers('escalation not spoken of', { ...restrictedRefuses, turned }, { allowPrivilegeEscalation: undefined })
}

function* userPods(): Generator<StandardPod> {
  for (const ofPod of [undefined, true, false]) {
    for (const ofContainer of [undefined, true, false]) {
      const isAllowed = ofPod !== false && (ofContainer ?? ofPod) === true
      const containers = [container('c', { runAsNonRoot: ofContainer })]
      yield pod(
        `runAsNonRoot ${ofPod} of the pod, ${ofContainer} of the container`,
        isAllowed ? allowed : restrictedRefuses,
        { containers },
        {
          runAsNonRoot: ofPod,
        },
      )
    }
  }
  yield* everywhere('runAsUser 1', allowed, { runAsUser: 1 })
  yield* everywhere('runAsUser 0', { ...restrictedRefuses, turned: { level: 'restricted', before: 23 } }, { runAsUser: 0 })
}

function* seccompPods(): Generator<StandardPod> {
  const profiles = { none: undefined, RuntimeDefault: { type: 'RuntimeDefault' }, Localhost: { type: 'Localhost', localhostProfile: 'p' } }
  const unconfined = { type: 'Unconfined' }
  const since19 = { level: 'restricted', before: 19 } as const
  for (const [podName, ofPod] of Object.entries(profiles)) {
    for (const [name, ofContainer] of Object.entries(profiles)) {
      const isAllowed = (ofContainer ?? ofPod) !== undefined
      const containers = [container('c', { seccompProfile: ofContainer })]
      const verdict = isAllowed ? allowed : { ...restrictedRefuses, turned: since19 }
      yield pod(`seccomp ${podName} of the pod, ${name} of the container`, verdict, { containers }, { seccompProfile: ofPod })
    }
  }
  yield* everywhere('seccomp Unconfined', { ...refused, turned: { level: 'both', before: 19 } }, { seccompProfile: unconfined })
}

/** What Windows does not have, Windows pods need not say. */
function* windowsPods(): Generator<StandardPod> {
  const os = { os: { name: 'windows' } }
  const turned = { level: 'restricted', from: 8, before: 25 } as const
  const bare = { runAsNonRoot: true, seccompProfile: undefined }
  const containers = [{ name: 'c', image: 'i' }]
  yield pod('Windows without what only Linux has', { ...allowed, turned }, { ...os, containers }, bare)
  yield pod(
    'Windows that may run as root',
    restrictedRefuses,
    { ...os, containers },
    { runAsNonRoot: undefined, seccompProfile: undefined },
  )
  const hostProcess = { windowsOptions: { hostProcess: true } }
  yield pod('a host process, pod', refused, { ...os, hostNetwork: true, containers }, { ...bare, ...hostProcess })
  yield pod('no host process', { ...allowed, turned }, { ...os, containers }, { ...bare, windowsOptions: { hostProcess: false } })
}
