/** Whether a pod still fits a node when the pods come that were promised room there. */
import type { Cluster } from './cluster.ts'
import type { FilterPlugin } from './plugin.ts'
import type { PodFacts } from './pod-facts.ts'
import { prepareFilters } from './prepare-filters.ts'
import { pass, type Verdict } from './verdict.ts'

/** Only promises to pods of at least the same priority bind. */
export function filterBesideNominated(plugins: readonly FilterPlugin[], pod: PodFacts, cluster: Cluster, slot: number): Verdict {
  if (cluster.nominations.size === 0) return pass
  const { name } = cluster.nodes.at(slot)
  const nominated = cluster.nominations.on(name).filter((other) => other.uid !== pod.uid && other.priority >= pod.priority)
  if (nominated.length === 0) return pass
  for (const other of nominated) cluster.addPod(name, other)
  try {
    const prepared = prepareFilters(plugins, pod, cluster)
    return 'rejection' in prepared ? prepared.rejection : prepared.filter(slot)
  } finally {
    for (const other of nominated) cluster.removePod(name, other)
  }
}
