/** How long a pod may stay on a node with taints that drive pods away. Pure. */
import { isTolerated } from '#domain/tolerations'
import type { Taint, Toleration } from '#kinds/core/types.gen'

/** Milliseconds until the pod has to go: 0 for now, undefined for never. Reckoned from when each taint came. */
export function evictionDueInMs(taints: readonly Taint[], tolerations: readonly Toleration[], nowMs: number): number | undefined {
  const dues = taints.filter(({ effect }) => effect === 'NoExecute').map((taint) => dueInMs(taint, tolerations, nowMs))
  const finite = dues.filter((due) => due !== undefined)
  return finite.length === 0 ? undefined : Math.min(...finite)
}

/** Of several tolerations the one that is over first counts, as upstream. */
function dueInMs(taint: Taint, tolerations: readonly Toleration[], nowMs: number): number | undefined {
  const fitting = tolerations.filter((toleration) => isTolerated(taint, [toleration]))
  if (fitting.length === 0) return 0
  const limits = fitting.map(({ tolerationSeconds }) => tolerationSeconds).filter((seconds) => seconds !== undefined)
  if (limits.length === 0) return undefined
  const sinceMs = taint.timeAdded === undefined ? nowMs : Date.parse(taint.timeAdded)
  return Math.max(sinceMs + Math.max(Math.min(...limits), 0) * 1000 - nowMs, 0)
}
