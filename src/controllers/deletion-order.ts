/** Which pods a ReplicaSet gives up first, as upstream ranks them (pkg/controller/controller_utils.go, ActivePodsWithRanks). */
import { isPodReady, readySinceMs } from '#domain/pod-phase'
import type { Pod } from '#kinds/core/pod/pod.kind'

const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost'

/** `related` are all pods of the same workload: where many stand on one node, one of those goes first. */
export function inDeletionOrder(pods: readonly Pod[], related: readonly Pod[], nowMs: number): readonly Pod[] {
  const neighbours = new Map<string, number>()
  for (const { spec } of related) if (spec?.nodeName) neighbours.set(spec.nodeName, (neighbours.get(spec.nodeName) ?? 0) + 1)
  const ranked = pods.map((pod) => ({ pod, rank: rankOf(pod, neighbours.get(pod.spec?.nodeName ?? '') ?? 0, nowMs) }))
  return ranked.sort((a, b) => compareRanks(a.rank, b.rank)).map(({ pod }) => pod)
}

/** Compared place by place; the smaller goes first. */
type Rank = readonly number[]

function rankOf(pod: Pod, neighbourCount: number, nowMs: number): Rank {
  const readyMs = readySinceMs(pod)
  const createdMs = Date.parse(pod.metadata.creationTimestamp ?? '')
  return [
    pod.spec?.nodeName ? 1 : 0,
    phaseOrder[pod.status?.phase ?? ''] ?? 0,
    isPodReady(pod) ? 1 : 0,
    deletionCostOf(pod),
    -neighbourCount,
    readyMs === undefined ? 0 : magnitude(nowMs - readyMs),
    -restartCountOf(pod),
    Number.isNaN(createdMs) ? 0 : magnitude(nowMs - createdMs),
  ]
}

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** Ages are compared by their logarithm: pods that started in the same moment are as good as one another. */
function magnitude(ageMs: number): number {
  return ageMs <= 0 ? 0 : Math.floor(Math.log2(ageMs)) + 1
}

function deletionCostOf(pod: Pod): number {
  const text = pod.metadata.annotations?.[deletionCostAnnotation] ?? ''
  return /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : 0
}

function restartCountOf(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount))
}

function compareRanks(a: Rank, b: Rank): number {
  for (let place = 0; place < a.length; place++) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
