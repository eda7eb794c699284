/** What is to be thought of a node, from the signs of life that it gave. Pure. */
import type { Node } from '#kinds/core/node.kind'
import type { NodeCondition, Taint } from '#kinds/core/types.gen'
import { conditionOf } from '#meta/conditions'

/** When, by our own clock, the node's heartbeat was last seen to move. */
export type Heartbeat = { readonly sign: string; readonly seenMs: number }

/** The newest sign of life: renewals of the lease, and of the status. Clocks of nodes are not compared with ours. */
export function observeHeartbeat(node: Node, leaseRenewTime: string | undefined, before: Heartbeat | undefined, nowMs: number): Heartbeat {
  const ready = conditionOf(node.status?.conditions, 'Ready')
  const sign = `${leaseRenewTime ?? ''} ${ready?.reason === unknownReason ? '' : (ready?.lastHeartbeatTime ?? '')}`
  return before?.sign === sign ? before : { sign, seenMs: nowMs }
}

const unknownReason = 'NodeStatusUnknown'
const watchedConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The conditions of a node that fell silent; undefined where they say so already. */
export function silentConditions(node: Node, now: string): readonly NodeCondition[] | undefined {
  const conditions = node.status?.conditions ?? []
  const changed = watchedConditions.map((type) => silentCondition(node, conditionOf(conditions, type), type, now))
  if (changed.every((condition) => conditions.includes(condition))) return undefined
  const kept = conditions.map((condition) => changed.find(({ type }) => type === condition.type) ?? condition)
  return [...kept, ...changed.filter(({ type }) => conditionOf(conditions, type) === undefined)]
}

function silentCondition(node: Node, before: NodeCondition | undefined, type: string, now: string): NodeCondition {
  if (before === undefined) {
    const lastHeartbeatTime = node.metadata.creationTimestamp
    return {
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime,
      lastTransitionTime: now,
    }
  }
  if (before.status === 'Unknown') return before
  return { ...before, status: 'Unknown', reason: unknownReason, message: 'Kubelet stopped posting node status.', lastTransitionTime: now }
}

const notReadyKey = 'node.kubernetes.io/not-ready'
const unreachableKey = 'node.kubernetes.io/unreachable'
const unschedulableKey = 'node.kubernetes.io/unschedulable'

/** Condition, the status that taints, and the taint. */
const conditionTaints = [
  ['Ready', 'False', notReadyKey],
  ['Ready', 'Unknown', unreachableKey],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
] as const

const ownKeys: ReadonlySet<string> = new Set([...conditionTaints.map(([, , key]) => key), unschedulableKey])

/** The taints that the node should have; taints of others are kept, and times of those that stay. */
export function wantedTaints(node: Node, now: string): readonly Taint[] {
  const before = node.spec?.taints ?? []
  const foreign = before.filter(({ key, effect }) => !ownKeys.has(key) || effect === 'PreferNoSchedule')
  const own: Taint[] = []
  for (const [type, status, key] of conditionTaints) {
    if (conditionOf(node.status?.conditions, type)?.status !== status) continue
    own.push({ key, effect: 'NoSchedule' })
    if (type === 'Ready') own.push({ key, effect: 'NoExecute' })
  }
  if (node.spec?.unschedulable === true) own.push({ key: unschedulableKey, effect: 'NoSchedule' })
  return [
    ...foreign,
    ...own.map((taint) => before.find(({ key, effect }) => key === taint.key && effect === taint.effect) ?? { ...taint, timeAdded: now }),
  ]
}

export function hasSameTaints(a: readonly Taint[], b: readonly Taint[]): boolean {
  const textOf = (taints: readonly Taint[]) =>
    taints
      .map(({ key, value = '', effect }) => `${key}=${value}:${effect}`)
      .sort()
      .join(',')
  return textOf(a) === textOf(b)
}
