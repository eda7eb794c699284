/** A container's security context in CRI's words: its own settings over the pod's. */

import type { Draft } from '#base/encoding/protobuf'
import type { Container, Pod, SeccompProfile } from '#kinds/core/types.gen'
import type { LinuxContainerSecurityContext, LinuxSandboxSecurityContext, NamespaceOption } from '#net/cri/cri.gen'
import { StartError } from '../pods/start-error.ts'

/** What the image says of its user; absent numbers are not known. */
export type ImageUser = { readonly uid?: number | undefined; readonly username?: string | undefined }

/** Paths that a container cannot see, and those it cannot write, unless `procMount` is Unmasked. */
const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
]
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

function namespaceOptionsOf(pod: Pod, targetId?: string): Draft<NamespaceOption> {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace } = pod.spec ?? { containers: [] }
  const pid = hostPID ? 'NODE' : shareProcessNamespace ? 'POD' : 'CONTAINER'
  return {
    network: hostNetwork ? 'NODE' : 'POD',
    ipc: hostIPC ? 'NODE' : 'POD',
    pid: targetId === undefined ? pid : 'TARGET',
    ...(targetId === undefined ? {} : { targetId }),
  }
}

export function sandboxSecurityContextOf(pod: Pod): Draft<LinuxSandboxSecurityContext> {
  const context = pod.spec?.securityContext
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  return {
    namespaceOptions: namespaceOptionsOf(pod),
    privileged: containers.some((container) => container.securityContext?.privileged === true),
    ...(context?.runAsUser === undefined ? {} : { runAsUser: int64(context.runAsUser) }),
    // CRI refuses a group without a user.
    ...(context?.runAsGroup === undefined || context.runAsUser === undefined ? {} : { runAsGroup: int64(context.runAsGroup) }),
    supplementalGroups: supplementalGroupsOf(pod),
    seccomp: { profileType: 'RuntimeDefault' },
  }
}

/** Throws a StartError when `runAsNonRoot` is asked for and cannot be shown to hold. */
export function securityContextOf(
  pod: Pod,
  container: Container,
  image: ImageUser,
  targetId?: string,
): Draft<LinuxContainerSecurityContext> {
  const own = container.securityContext
  const shared = pod.spec?.securityContext
  const runAsUser = own?.runAsUser ?? shared?.runAsUser
  const runAsGroup = own?.runAsGroup ?? shared?.runAsGroup
  refuseRoot(pod, container, own?.runAsNonRoot ?? shared?.runAsNonRoot ?? false, runAsUser, image)
  return {
    privileged: own?.privileged ?? false,
    namespaceOptions: namespaceOptionsOf(pod, targetId),
    readonlyRootfs: own?.readOnlyRootFilesystem ?? false,
    noNewPrivs: own?.allowPrivilegeEscalation === false,
    supplementalGroups: supplementalGroupsOf(pod),
    supplementalGroupsPolicy: shared?.supplementalGroupsPolicy === 'Strict' ? 'Strict' : 'Merge',
    capabilities: {
      addCapabilities: [...(own?.capabilities?.add ?? [])],
      dropCapabilities: [...(own?.capabilities?.drop ?? [])],
    },
    ...userOf(runAsUser, runAsGroup, image),
    ...(own?.procMount === 'Unmasked' || own?.privileged ? {} : { maskedPaths, readonlyPaths }),
    seccomp: seccompOf(own?.seccompProfile ?? shared?.seccompProfile),
  }
}

function userOf(runAsUser: number | undefined, runAsGroup: number | undefined, image: ImageUser): Draft<LinuxContainerSecurityContext> {
  const group = runAsGroup === undefined ? {} : { runAsGroup: int64(runAsGroup) }
  if (runAsUser !== undefined) return { runAsUser: int64(runAsUser), ...group }
  if (runAsGroup === undefined) return {}
  // A group needs a user beside it: the image's own.
  return image.username ? { runAsUsername: image.username, ...group } : { runAsUser: int64(image.uid ?? 0), ...group }
}

function refuseRoot(pod: Pod, container: Container, isNonRootDemanded: boolean, runAsUser: number | undefined, image: ImageUser): void {
  if (!isNonRootDemanded) return
  const where = `(pod: ${JSON.stringify(`${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`)}, container: ${container.name})`
  if (runAsUser === 0) throw new StartError('CreateContainerConfigError', `container's runAsUser breaks non-root policy ${where}`)
  if (runAsUser !== undefined) return
  if (image.uid === 0 || (image.uid === undefined && !image.username)) {
    throw new StartError('CreateContainerConfigError', `container has runAsNonRoot and image will run as root ${where}`)
  }
  if (image.uid === undefined) {
    const user = `image has non-numeric user (${image.username}), cannot verify user is non-root`
    throw new StartError('CreateContainerConfigError', `container has runAsNonRoot and ${user} ${where}`)
  }
}

function supplementalGroupsOf(pod: Pod): bigint[] {
  const { fsGroup, supplementalGroups = [] } = pod.spec?.securityContext ?? {}
  return [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups].map(BigInt)
}

/** Without a profile a container is unconfined, as upstream's default (`--seccomp-default=false`). */
function seccompOf(profile: SeccompProfile | undefined): Draft<LinuxContainerSecurityContext>['seccomp'] {
  if (profile?.type === 'RuntimeDefault') return { profileType: 'RuntimeDefault' }
  if (profile?.type === 'Localhost') return { profileType: 'Localhost', localhostRef: profile.localhostProfile ?? '' }
  return { profileType: 'Unconfined' }
}

function int64(value: number): { readonly value: bigint } {
  return { value: BigInt(value) }
}
