/** Why no node takes a pod, collected node by node, and how users are told. */
import type { Rejection } from './verdict.ts'

export type Diagnosis = {
  readonly nodeCount: number
  /** By slot; nodes that were not asked are absent. */
  readonly rejections: ReadonlyMap<number, Rejection>
  /** For all nodes that were not asked. */
  readonly others: Rejection | undefined
  /** A plugin turned the pod down before any node was asked. */
  readonly podRejection: Rejection | undefined
  /** Names of the plugins that rejected: their events wake the pod. */
  readonly rejectedBy: ReadonlySet<string>
}

const noNodesMessage = 'no nodes available to schedule pods'

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.`, and what preemption found, if anything. */
export function diagnosisMessage(diagnosis: Diagnosis, preemption = ''): string {
  if (diagnosis.nodeCount === 0) return noNodesMessage
  const why = diagnosis.podRejection?.reasons.join(', ') ?? histogram(diagnosis)
  const reasons = why === '' ? '' : ` ${why}.`
  return `0/${diagnosis.nodeCount} nodes are available:${reasons}${preemption === '' ? '' : ` ${preemption}`}`
}

function histogram({ nodeCount, rejections, others }: Diagnosis): string {
  const counts = new Map<string, number>()
  const count = (reason: string, by: number) => counts.set(reason, (counts.get(reason) ?? 0) + by)
  for (const { reasons } of rejections.values()) for (const reason of reasons) count(reason, 1)
  const otherCount = nodeCount - rejections.size
  if (otherCount > 0) for (const reason of others?.reasons ?? []) count(reason, otherCount)
  // As upstream: sorted as text, so that 10 comes before 2.
  return [...counts]
    .map(([reason, by]) => `${by} ${reason}`)
    .sort()
    .join(', ')
}
