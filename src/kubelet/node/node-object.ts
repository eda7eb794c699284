/** The Node as its kubelet describes it. Pure. */
import type { ContainerImage, Node, NodeCondition, NodeStatus, Taint } from '#kinds/core/types.gen'
import type { Machine } from './machine.ts'

export type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'

export type NodeFacts = {
  readonly name: string
  readonly addresses: readonly string[]
  readonly port: number
  readonly machine: Machine
  readonly podCountMax: number
  readonly runtimeVersion: string
  readonly version: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly images: readonly ContainerImage[]
  /** Undefined when the runtime and its network are well; otherwise what is wrong. */
  readonly notReadyMessage: string | undefined
  readonly pressures: ReadonlySet<Pressure>
  readonly now: string
}

export function initialNode(facts: NodeFacts): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: facts.name,
      labels: labelsOf(facts),
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: facts.taints.length === 0 ? {} : { taints: facts.taints },
    status: nodeStatusOf(facts, undefined),
  }
}

/** Labels that a kubelet sets and keeps. */
export function labelsOf(facts: NodeFacts): Readonly<Record<string, string>> {
  const { architecture } = facts.machine
  return {
    'kubernetes.io/hostname': facts.name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': architecture,
    ...facts.labels,
  }
}

export function nodeStatusOf(facts: NodeFacts, before: NodeStatus | undefined): NodeStatus {
  const { machine } = facts
  const capacity = {
    cpu: `${machine.cpuCount}`,
    memory: `${Math.floor(machine.memoryBytes / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor(machine.diskBytes / 1024)}Ki`,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    pods: `${facts.podCountMax}`,
  }
  const memoryReserveKi = 100 * 1024 // As upstream's default hard eviction threshold, memory.available<100Mi.
  const allocatable = {
    ...capacity,
    memory: `${Math.floor(machine.memoryBytes / 1024) - memoryReserveKi}Ki`,
    'ephemeral-storage': `${Math.floor(machine.diskBytes * 0.9)}`,
  }
  const foreign = foreignResources(before)
  return {
    addresses: [...facts.addresses.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: facts.name }],
    capacity: { ...foreign.capacity, ...capacity },
    allocatable: { ...foreign.allocatable, ...allocatable },
    conditions: conditionsOf(facts, before?.conditions ?? []),
    daemonEndpoints: { kubeletEndpoint: { Port: facts.port } },
    images: facts.images,
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.systemUuid,
      bootID: machine.bootId,
      kernelVersion: machine.kernelVersion,
      osImage: machine.osImage,
      containerRuntimeVersion: facts.runtimeVersion,
      kubeletVersion: facts.version,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: machine.architecture,
      swap: { capacity: machine.swapBytes },
    },
    runtimeHandlers: [{ name: '', features: { recursiveReadOnlyMounts: false, userNamespaces: false } }],
  }
}

/** Extended resources are put into a node's status by others: they stay. */
function foreignResources(before: NodeStatus | undefined): Pick<Required<NodeStatus>, 'capacity' | 'allocatable'> {
  const keep = (resources: Readonly<Record<string, string>> | undefined) =>
    Object.fromEntries(Object.entries(resources ?? {}).filter(([name]) => name.includes('/')))
  return { capacity: keep(before?.capacity), allocatable: keep(before?.capacity) }
}

function conditionsOf(facts: NodeFacts, before: readonly NodeCondition[]): readonly NodeCondition[] {
  const own: readonly Omit<NodeCondition, 'lastHeartbeatTime' | 'lastTransitionTime'>[] = [
    pressureCondition(
      facts,
      'MemoryPressure',
      'KubeletHasSufficientMemory',
      'kubelet has sufficient memory available',
      'KubeletHasInsufficientMemory',
      'kubelet has insufficient memory available',
    ),
    pressureCondition(
      facts,
      'DiskPressure',
      'KubeletHasNoDiskPressure',
      'kubelet has no disk pressure',
      'KubeletHasDiskPressure',
      'kubelet has disk pressure',
    ),
    pressureCondition(
      facts,
      'PIDPressure',
      'KubeletHasSufficientPID',
      'kubelet has sufficient PID available',
      'KubeletHasInsufficientPID',
      'kubelet has insufficient PID available',
    ),
    facts.notReadyMessage === undefined
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: facts.notReadyMessage },
  ]
  const foreign = before.filter((one) => !own.some((mine) => mine.type === one.type))
  const dated = own.map((one) => {
    const old = before.find((other) => other.type === one.type)
    const lastTransitionTime = old?.status === one.status ? (old.lastTransitionTime ?? facts.now) : facts.now
    return { ...one, lastHeartbeatTime: facts.now, lastTransitionTime }
  })
  return [...foreign, ...dated]
}

function pressureCondition(
  facts: NodeFacts,
  type: Pressure,
  goodReason: string,
  good: string,
  badReason: string,
  bad: string,
): Omit<NodeCondition, 'lastHeartbeatTime' | 'lastTransitionTime'> {
  return facts.pressures.has(type)
    ? { type, status: 'True', reason: badReason, message: bad }
    : { type, status: 'False', reason: goodReason, message: good }
}
