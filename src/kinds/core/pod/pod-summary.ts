/** A pod in one line, as `kubectl get pods` sums it up (upstream: pkg/printers/internalversion printPod). */
import type { Container, ContainerStatus, Pod } from '../types.gen.ts'

export type PodSummary = {
  /** `Running`, `Init:0/2`, `CrashLoopBackOff`, `Terminating`, ... */
  readonly reason: string
  readonly readyCount: number
  readonly containerCount: number
  readonly restartCount: number
  readonly lastRestartAt: string | undefined
}

export function podSummaryOf(pod: Pod): PodSummary {
  const init = initSummaryOf(pod)
  const sidecarRestarts = restartsOf(sidecarStatusesOf(pod))
  const isInitDone = !init.isInitializing || isInitialized(pod)
  const main = isInitDone ? mainSummaryOf(pod, init.reason) : { reason: init.reason, readyCount: 0 }
  const all = isInitDone ? restartsOf(pod.status.containerStatuses ?? []) : restartsOf(init.counted)
  const restarts = isInitDone ? joined(all, sidecarRestarts) : all
  return {
    reason: deletionReasonOf(pod, main.reason),
    readyCount: main.readyCount + init.readySidecarCount,
    containerCount: (pod.spec.containers ?? []).length + sidecarNamesOf(pod).size,
    restartCount: restarts.count,
    lastRestartAt: restarts.lastAt,
  }
}

type InitSummary = {
  readonly reason: string
  readonly isInitializing: boolean
  readonly readySidecarCount: number
  /** The statuses whose restarts count while the pod initializes. */
  readonly counted: readonly ContainerStatus[]
}

function initSummaryOf(pod: Pod): InitSummary {
  const sidecars = sidecarNamesOf(pod)
  const total = (pod.spec.initContainers ?? []).length
  const counted: ContainerStatus[] = []
  let readySidecarCount = 0
  for (const [index, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    counted.push(status)
    const isSidecar = sidecars.has(status.name)
    if (status.state?.terminated !== undefined && status.state.terminated.exitCode === 0) continue
    if (isSidecar && status.started === true) {
      if (status.ready) readySidecarCount++
      continue
    }
    return { reason: initReasonOf(status, index, total), isInitializing: true, readySidecarCount, counted }
  }
  return { reason: phaseReasonOf(pod), isInitializing: false, readySidecarCount, counted }
}

function initReasonOf({ state }: ContainerStatus, index: number, total: number): string {
  const { terminated, waiting } = state ?? {}
  if (terminated !== undefined) return `Init:${terminationReasonOf(terminated)}`
  if (waiting?.reason !== undefined && waiting.reason !== '' && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`
  return `Init:${index}/${total}`
}

function phaseReasonOf(pod: Pod): string {
  const { phase = '', reason, conditions } = pod.status
  const isGated = conditions?.some((condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated') ?? false
  if (isGated) return 'SchedulingGated'
  return reason === undefined || reason === '' ? phase : reason
}

/** The last container that has something to say speaks for the pod. */
function mainSummaryOf(pod: Pod, before: string): { readonly reason: string; readonly readyCount: number } {
  let reason = before
  let readyCount = 0
  let hasRunning = false
  for (const status of (pod.status.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated, running } = status.state ?? {}
    if (waiting?.reason !== undefined && waiting.reason !== '') reason = waiting.reason
    else if (terminated !== undefined) reason = terminationReasonOf(terminated)
    else if (status.ready && running !== undefined) {
      hasRunning = true
      readyCount++
    }
  }
  if (reason === 'Completed' && hasRunning) reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady'
  return { reason, readyCount }
}

function terminationReasonOf(terminated: { readonly reason?: string; readonly signal?: number; readonly exitCode: number }): string {
  if (terminated.reason !== undefined && terminated.reason !== '') return terminated.reason
  return terminated.signal !== undefined && terminated.signal !== 0 ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`
}

function deletionReasonOf(pod: Pod, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return reason
  if (pod.status.reason === 'NodeLost') return 'Unknown'
  return pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded' ? reason : 'Terminating'
}

function isInitialized(pod: Pod): boolean {
  return hasCondition(pod, 'Initialized')
}

function hasCondition(pod: Pod, type: string): boolean {
  return pod.status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
}

/** Init containers that go on running beside the main ones. */
function sidecarNamesOf(pod: Pod): ReadonlySet<string> {
  const isSidecar = (container: Container) => container.restartPolicy === 'Always'
  return new Set((pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name))
}

function sidecarStatusesOf(pod: Pod): readonly ContainerStatus[] {
  const names = sidecarNamesOf(pod)
  return (pod.status.initContainerStatuses ?? []).filter((status) => names.has(status.name))
}

type Restarts = { readonly count: number; readonly lastAt: string | undefined }

function restartsOf(statuses: readonly ContainerStatus[]): Restarts {
  const times = statuses.map((status) => status.lastState?.terminated?.finishedAt)
  return { count: statuses.reduce((sum, status) => sum + (status.restartCount ?? 0), 0), lastAt: latest(times) }
}

function joined(a: Restarts, b: Restarts): Restarts {
  return { count: a.count + b.count, lastAt: latest([a.lastAt, b.lastAt]) }
}

/** Timestamps of whole seconds in UTC sort as text. */
function latest(times: readonly (string | undefined)[]): string | undefined {
  return times.reduce((best, time) => (time !== undefined && (best === undefined || time > best) ? time : best), undefined)
}
