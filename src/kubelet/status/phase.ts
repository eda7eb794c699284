/** A pod's phase from the states of its containers. */
import type { ContainerStatus, Pod } from '#kinds/core/types.gen'
import { isSidecar } from '../pods/plan.ts'

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

export function phaseOf(pod: Pod, initStatuses: readonly ContainerStatus[], statuses: readonly ContainerStatus[]): Phase {
  const policy = pod.spec?.restartPolicy ?? 'Always'
  const inits = pod.spec?.initContainers ?? []
  const plainInits = initStatuses.filter((status) => inits.some((container) => container.name === status.name && !isSidecar(container)))
  const hasAnyStarted = statuses.some((status) => status.state?.running || status.state?.terminated || status.lastState?.terminated)
  if (!hasAnyStarted && plainInits.some(hasFailed) && policy === 'Never') return 'Failed'
  if (!hasAnyStarted && plainInits.some((status) => !hasSucceeded(status))) return 'Pending'
  const isWaitingForFirst = statuses.some((status) => status.state?.waiting && !status.lastState?.terminated)
  if (statuses.length < (pod.spec?.containers.length ?? 0) || isWaitingForFirst) return 'Pending'
  if (statuses.some((status) => status.state?.running)) return 'Running'
  if (policy === 'Always') return 'Running'
  if (statuses.some((status) => status.state?.waiting)) return 'Running'
  if (statuses.every(hasSucceeded)) return 'Succeeded'
  return policy === 'Never' ? 'Failed' : 'Running'
}

function hasSucceeded(status: ContainerStatus): boolean {
  return status.state?.terminated?.exitCode === 0
}

function hasFailed(status: ContainerStatus): boolean {
  return status.state?.terminated !== undefined && status.state.terminated.exitCode !== 0
}
