/** The status of each container, from the runtime's record and from what stands in the way. */
import { rfc3339 } from '#base/env/clock'
import type { Container, ContainerState, ContainerStatus, Pod, ResourceRequirements } from '#kinds/core/types.gen'
import type { ProbeVerdicts } from '../pods/plan.ts'
import { type ContainerRecord, newestOf, type PodRecord, previousOf } from '../runtime/records.ts'

/** Why a container that should run does not: `CrashLoopBackOff`, `ErrImagePull`, ... */
export type WaitingReason = { readonly reason: string; readonly message: string }

export type StatusFacts = {
  readonly waiting: ReadonlyMap<string, WaitingReason>
  readonly probes: (container: string) => ProbeVerdicts
  /** What a container has of what it was granted; all of it where nothing else is known. */
  readonly applied: (containerId: string) => ResourceRequirements | undefined
  /** The pod ends or has ended: nothing is ready any more, and what has no record never will have. */
  readonly isTerminating: boolean
  /** The status as last written: remembers ends whose records the runtime has dropped. */
  readonly last: readonly ContainerStatus[]
}

export function containerStatusOf(pod: Pod, container: Container, isInit: boolean, record: PodRecord, facts: StatusFacts): ContainerStatus {
  const newest = newestOf(record, container.name)
  const remembered = facts.last.find((status) => status.name === container.name)
  if (newest === undefined) return neverStarted(pod, container, facts, remembered)
  const isWaiting = newest.state === 'exited' && facts.waiting.has(container.name) && !facts.isTerminating
  const state = isWaiting ? waitingState(facts.waiting.get(container.name)) : stateOf(newest)
  const before = isWaiting ? newest : previousOf(record, container.name)
  const lastState = before?.state === 'exited' ? stateOf(before) : lastStateOf(remembered, newest)
  const isRunning = newest.state === 'running'
  const isStarted = isRunning && startedVerdict(container, isInit, facts)
  return {
    name: container.name,
    state,
    lastState,
    ready: isReady(container, isInit, newest, isStarted, facts),
    restartCount: newest.restartCount,
    image: newest.image.startsWith('sha256:') ? (container.image ?? newest.image) : newest.image || (container.image ?? ''),
    imageID: newest.imageId,
    containerID: `containerd://${newest.id}`,
    started: isStarted,
    ...resourcesOf(container, facts.applied(newest.id)),
    ...(container.resources?.requests === undefined ? {} : { allocatedResources: container.resources.requests }),
    ...mountStatuses(container),
  }
}

/** What it has may lag behind what it was granted. */
function resourcesOf({ resources }: Container, applied = resources): Pick<ContainerStatus, 'resources'> {
  return applied === undefined ? {} : { resources: applied }
}

function neverStarted(pod: Pod, container: Container, facts: StatusFacts, remembered: ContainerStatus | undefined): ContainerStatus {
  // As upstream: in a pod with init containers all of them wait for that, the init containers too.
  const hasInit = (pod.spec?.initContainers ?? []).length > 0
  const waiting = facts.waiting.get(container.name) ?? { reason: hasInit ? 'PodInitializing' : 'ContainerCreating', message: '' }
  // Its record is gone with the runtime's, but it did run: its end must not be forgotten.
  const hasRun = remembered?.containerID !== undefined
  const lost: ContainerState = {
    terminated: {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
    },
  }
  const state = remembered?.state?.terminated ? remembered.state : facts.isTerminating && hasRun ? lost : waitingState(waiting)
  return {
    name: container.name,
    state,
    lastState: remembered?.lastState ?? {},
    ready: false,
    restartCount: remembered?.restartCount ?? 0,
    image: container.image ?? '',
    imageID: remembered?.imageID ?? '',
    ...(hasRun ? { containerID: remembered?.containerID } : {}),
    started: false,
    ...mountStatuses(container),
  }
}

function lastStateOf(remembered: ContainerStatus | undefined, newest: ContainerRecord): ContainerState {
  if (remembered?.containerID === undefined) return {}
  const isSame = remembered.containerID === `containerd://${newest.id}`
  return isSame ? (remembered.lastState ?? {}) : remembered.state?.terminated ? { terminated: remembered.state.terminated } : {}
}

function waitingState(waiting: WaitingReason | undefined): ContainerState {
  const { reason = 'ContainerCreating', message = '' } = waiting ?? {}
  return { waiting: { reason, ...(message === '' ? {} : { message }) } }
}

function stateOf(record: ContainerRecord): ContainerState {
  switch (record.state) {
    case 'running':
      return { running: { startedAt: rfc3339(record.startedAtMs) } }
    case 'exited':
      return { terminated: terminatedOf(record) }
    case 'created':
      return { waiting: { reason: 'ContainerCreating' } }
    case 'unknown':
      return { terminated: { ...terminatedOf(record), exitCode: 137, reason: 'ContainerStatusUnknown' } }
  }
}

function terminatedOf(record: ContainerRecord): NonNullable<ContainerState['terminated']> {
  return {
    exitCode: record.exitCode,
    reason: record.reason || (record.exitCode === 0 ? 'Completed' : 'Error'),
    ...(record.message === '' ? {} : { message: record.message }),
    startedAt: rfc3339(record.startedAtMs),
    finishedAt: rfc3339(record.finishedAtMs),
    containerID: `containerd://${record.id}`,
  }
}

function startedVerdict(container: Container, isInit: boolean, facts: StatusFacts): boolean {
  if (isInit && container.restartPolicy !== 'Always') return true
  return container.startupProbe === undefined || facts.probes(container.name).startup === 'success'
}

function isReady(container: Container, isInit: boolean, record: ContainerRecord, isStarted: boolean, facts: StatusFacts): boolean {
  if (isInit && container.restartPolicy !== 'Always') return record.state === 'exited' && record.exitCode === 0
  if (record.state !== 'running' || !isStarted) return false
  if (container.readinessProbe === undefined) return true
  return !facts.isTerminating && facts.probes(container.name).readiness === 'success'
}

function mountStatuses(container: Container): Pick<ContainerStatus, 'volumeMounts'> {
  const mounts = container.volumeMounts ?? []
  if (mounts.length === 0) return {}
  return {
    volumeMounts: mounts.map((mount) => ({
      name: mount.name,
      mountPath: mount.mountPath,
      ...(mount.readOnly ? { readOnly: true, recursiveReadOnly: mount.recursiveReadOnly ?? 'Disabled' } : {}),
    })),
  }
}
