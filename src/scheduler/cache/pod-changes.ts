/** Which events for waiting pods lie in a change of a placed pod, and whether a waiting pod's own change may make it fit. */
import { isSameValue } from '#kinds/same-value'
import type { PodEventKind } from '../framework/cluster-event.ts'
import type { PodFacts } from '../framework/pod-facts.ts'

export function placedPodChanges(old: PodFacts | undefined, pod: PodFacts): readonly PodEventKind[] {
  if (old === undefined) return ['assigned-pod-added']
  const changes: PodEventKind[] = []
  if (old.labels !== pod.labels && !isSameValue(old.labels, pod.labels)) changes.push('assigned-pod-labels-changed')
  if (old.isTerminating !== pod.isTerminating) changes.push('assigned-pod-labels-changed')
  if ([...old.requests].some(([name, amount]) => (pod.requests.get(name) ?? 0) < amount)) changes.push('assigned-pod-scaled-down')
  return changes
}

/** What the scheduler itself writes (status) does not count. */
export function isRelevantChange(old: PodFacts, pod: PodFacts): boolean {
  return !isSameValue(old.labels, pod.labels) || !isSameValue(old.pod.spec, pod.pod.spec)
}
