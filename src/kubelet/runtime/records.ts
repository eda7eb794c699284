/** What the runtime knows of a pod, in the kubelet's words. Everything needed after a restart is in here. */
import type { Container, ContainerStatus, PodSandboxStatus } from '#net/cri/cri.gen'

export type SandboxRecord = {
  readonly id: string
  readonly isReady: boolean
  readonly attempt: number
  readonly createdAtMs: number
  /** Empty for host network, and while the network is being set up. */
  readonly ips: readonly string[]
  readonly usesHostNetwork: boolean
}

export type ContainerRecord = {
  readonly id: string
  readonly name: string
  readonly sandboxId: string
  readonly state: 'created' | 'running' | 'exited' | 'unknown'
  /** How often a container of this name was started before in this pod. */
  readonly restartCount: number
  readonly specHash: string
  readonly createdAtMs: number
  readonly startedAtMs: number
  readonly finishedAtMs: number
  readonly exitCode: number
  readonly reason: string
  readonly message: string
  readonly image: string
  readonly imageId: string
  readonly logPath: string
}

export type PodRecord = {
  readonly uid: string
  readonly name: string
  readonly namespace: string
  /** Newest first. */
  readonly sandboxes: readonly SandboxRecord[]
  /** Newest first. */
  readonly containers: readonly ContainerRecord[]
}

/** Labels and annotations that other tools (crictl, cAdvisor) know too. */
export const runtimeLabels = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
} as const
export const runtimeAnnotations = {
  specHash: 'io.kubernetes.container.hash',
  restartCount: 'io.kubernetes.container.restartCount',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
  terminationMessageFile: 'navarch.dev/termination-message-file',
  gracePeriod: 'io.kubernetes.pod.terminationGracePeriod',
  configSource: 'kubernetes.io/config.source',
} as const

export function noRecord(uid: string, name: string, namespace: string): PodRecord {
  return { uid, name, namespace, sandboxes: [], containers: [] }
}

export function sandboxRecordOf(status: PodSandboxStatus): SandboxRecord {
  const ips = [status.network?.ip ?? '', ...(status.network?.additionalIps ?? []).map((one) => one.ip)].filter((ip) => ip !== '')
  return {
    id: status.id,
    isReady: status.state === 'SANDBOX_READY',
    attempt: status.metadata?.attempt ?? 0,
    createdAtMs: msOfNanoseconds(status.createdAt),
    ips,
    usesHostNetwork: status.linux?.namespaces?.options?.network === 'NODE',
  }
}

const states = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
} as const

/** `listed` names the sandbox, which the status does not. */
export function containerRecordOf(listed: Container, status: ContainerStatus, message: string): ContainerRecord {
  const { annotations, labels } = status
  return {
    id: status.id,
    name: labels[runtimeLabels.containerName] ?? status.metadata?.name ?? '',
    sandboxId: listed.podSandboxId,
    state: states[status.state],
    restartCount: Number(annotations[runtimeAnnotations.restartCount] ?? status.metadata?.attempt ?? 0),
    specHash: annotations[runtimeAnnotations.specHash] ?? '',
    createdAtMs: msOfNanoseconds(status.createdAt),
    startedAtMs: msOfNanoseconds(status.startedAt),
    finishedAtMs: msOfNanoseconds(status.finishedAt),
    exitCode: status.exitCode,
    reason: status.reason,
    message,
    image: status.image?.image ?? '',
    imageId: status.imageRef,
    logPath: status.logPath,
  }
}

/** The newest container of a name, which is the one that counts. */
export function newestOf(record: PodRecord, name: string): ContainerRecord | undefined {
  return record.containers.find((container) => container.name === name)
}

/** The one before the newest: its end is `lastState`. */
export function previousOf(record: PodRecord, name: string): ContainerRecord | undefined {
  return record.containers.filter((container) => container.name === name)[1]
}

function msOfNanoseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n)
}
