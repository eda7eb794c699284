/** The pod of several that a person most likely means: one that runs, is ready, and has been so for long. */
import type { Pod } from '#kinds/core/types.gen'

/** Best first. `restarts`: whether a pod that restarts much is of interest, as for its log, or not. */
export function bestFirst(pods: readonly Pod[], restarts: 'many-first' | 'few-first'): readonly Pod[] {
  const sign = restarts === 'many-first' ? -1 : 1
  const rank = (pod: Pod): readonly number[] => {
    const isReady = readySinceMs(pod) !== undefined
    return [
      pod.spec?.nodeName ? 0 : 1,
      phaseRanks[pod.status?.phase ?? ''] ?? 3,
      isReady ? 0 : 1,
      readySinceMs(pod) ?? 0,
      sign * restartCount(pod),
      Date.parse(pod.metadata.creationTimestamp ?? ''),
    ]
  }
  return pods.toSorted((a, b) => compareRanks(rank(a), rank(b)))
}

const phaseRanks: Readonly<Record<string, number>> = { Running: 0, Unknown: 1, Pending: 2 }

function readySinceMs({ status }: Pod): number | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.status === 'True' ? Date.parse(ready.lastTransitionTime ?? '') : undefined
}

function restartCount({ status }: Pod): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map((one) => one.restartCount))
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
