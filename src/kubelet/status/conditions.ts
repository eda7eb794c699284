/** The conditions that a kubelet owns, with upstream's reasons and messages. */
import type { ContainerStatus, Pod, PodCondition } from '#kinds/core/types.gen'
import { isSidecar } from '../pods/plan.ts'
import type { Phase } from './phase.ts'

export type ConditionFacts = {
  readonly phase: Phase
  readonly initStatuses: readonly ContainerStatus[]
  readonly statuses: readonly ContainerStatus[]
  readonly hasNetwork: boolean
  readonly resize: readonly ResizeCondition[]
  readonly now: string
}

/** There only while it is so. */
export type ResizeCondition = {
  readonly type: 'PodResizePending' | 'PodResizeInProgress'
  readonly reason?: string
  readonly message?: string
}

/** The conditions that a kubelet writes and nobody else. */
export const kubeletConditions: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'PodResizePending',
  'PodResizeInProgress',
])

/** Own conditions first changed, foreign ones kept; a transition time moves only when the status does. */
export function conditionsOf(pod: Pod, facts: ConditionFacts): readonly PodCondition[] {
  const own = [
    condition('PodReadyToStartContainers', facts.hasNetwork),
    initialized(pod, facts),
    ready(pod, facts),
    containersReady(facts),
    condition('PodScheduled', true),
    ...facts.resize.map(({ type, reason, message }) => condition(type, true, reason, message)),
  ]
  const before = pod.status?.conditions ?? []
  const foreign = before.filter((one) => !kubeletConditions.has(one.type))
  return [...own.map((one) => dated(one, pod, before, facts.now)), ...foreign]
}

type Undated = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>

function dated(one: Undated, pod: Pod, before: readonly PodCondition[], now: string): PodCondition {
  const old = before.find((other) => other.type === one.type)
  const lastTransitionTime = old?.status === one.status ? (old.lastTransitionTime ?? now) : now
  const generation = pod.metadata.generation
  return { ...one, lastTransitionTime, ...(generation === undefined ? {} : { observedGeneration: generation }) }
}

function initialized(pod: Pod, facts: ConditionFacts): Undated {
  if (facts.phase === 'Succeeded') return condition('Initialized', true, 'PodCompleted')
  const containers = pod.spec?.initContainers ?? []
  const waiting = containers.filter((container) => !isPassed(container.name, isSidecar(container), facts.initStatuses))
  const hasMainStarted = facts.statuses.some((status) => status.state?.running || status.state?.terminated)
  if (waiting.length === 0 || hasMainStarted) return condition('Initialized', true)
  return condition('Initialized', false, 'ContainersNotInitialized', `containers with incomplete status: ${named(waiting)}`)
}

function isPassed(name: string, isRestartable: boolean, statuses: readonly ContainerStatus[]): boolean {
  const status = statuses.find((one) => one.name === name)
  return isRestartable ? status?.started === true : status?.ready === true
}

function containersReady(facts: ConditionFacts): Undated {
  if (facts.phase === 'Succeeded') return condition('ContainersReady', false, 'PodCompleted')
  if (facts.phase === 'Failed') return condition('ContainersReady', false, 'PodFailed')
  const unready = unreadyOf(facts)
  if (unready.length === 0) return condition('ContainersReady', true)
  return condition('ContainersReady', false, 'ContainersNotReady', `containers with unready status: ${named(unready)}`)
}

function ready(pod: Pod, facts: ConditionFacts): Undated {
  const containers = containersReady(facts)
  if (containers.status === 'False') return { ...containers, type: 'Ready' }
  const missing = (pod.spec?.readinessGates ?? []).map((gate) => gate.conditionType).flatMap((type) => gateProblem(pod, type))
  if (missing.length === 0) return condition('Ready', true)
  return condition('Ready', false, 'ReadinessGatesNotReady', missing.join(', '))
}

function gateProblem(pod: Pod, type: string): readonly string[] {
  const found = pod.status?.conditions?.find((one) => one.type === type)
  if (found === undefined) return [`corresponding condition of pod readiness gate "${type}" does not exist.`]
  return found.status === 'True' ? [] : [`the status of pod readiness gate "${type}" is not "True", but ${found.status}`]
}

function unreadyOf(facts: ConditionFacts): readonly ContainerStatus[] {
  const sidecars = facts.initStatuses.filter((status) => status.state?.running && !status.ready)
  return [...sidecars, ...facts.statuses].filter((status) => !status.ready)
}

function named(containers: readonly { readonly name: string }[]): string {
  return `[${containers.map((container) => container.name).join(' ')}]`
}

function condition(type: string, isTrue: boolean, reason?: string, message?: string): Undated {
  return {
    type,
    status: isTrue ? 'True' : 'False',
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }
}
