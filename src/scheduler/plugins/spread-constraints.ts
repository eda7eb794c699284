/** A pod's topology spread constraints, read: which pods count, and on which nodes. */
import { requiredNodeMatcher } from '#domain/node-affinity'
import { untoleratedTaint } from '#domain/tolerations'
import type { TopologySpreadConstraint } from '#kinds/core/types.gen'
import { formatSelector, type LabelRequirement, matches, type Selector, selectorOrNothing } from '#meta/labels'
import type { Cluster } from '../framework/cluster.ts'
import type { NumberColumn } from '../framework/number-column.ts'
import { livePodsQuery } from '../framework/pod-counts.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { noDomain } from '../framework/topology-columns.ts'

export type SpreadConstraint = {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly selector: Selector
  /** By slot: the number of the domain, or `noDomain`. */
  readonly domains: Int32Array
  readonly domainCount: number
  /** Matching pods on each node. */
  readonly podCounts: NumberColumn
  /** Whether the pods of a node count. */
  readonly isCounted: (slot: number) => boolean
}

export const hostnameLabel = 'kubernetes.io/hostname'

// As upstream: without constraints pods of one workload still spread a little.
export const systemDefaultConstraints: readonly TopologySpreadConstraint[] = [
  { topologyKey: hostnameLabel, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
]

/** `fallback` is the selector of constraints that the pod did not bring itself. */
export function readConstraints(
  constraints: readonly TopologySpreadConstraint[],
  pod: PodFacts,
  cluster: Cluster,
  fallback?: Selector,
): readonly SpreadConstraint[] {
  return constraints.map((constraint) => {
    const selector = fallback ?? selectorOf(constraint, pod)
    const { domains, domainCount } = cluster.topologies.of(constraint.topologyKey)
    return {
      topologyKey: constraint.topologyKey,
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      selector,
      domains,
      domainCount,
      podCounts: cluster.podCounts.of(livePodsQuery(pod.namespace, selector, formatSelector(selector))).column,
      isCounted: nodePolicy(constraint, pod, cluster),
    }
  })
}

export function hasAllDomains(constraints: readonly SpreadConstraint[], slot: number): boolean {
  return constraints.every(({ domains }) => (domains[slot] ?? noDomain) !== noDomain)
}

/** Labels of the pod itself narrow the selector: pods of one revision spread among themselves. */
function selectorOf({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, { labels }: PodFacts): Selector {
  const own = matchLabelKeys
    .filter((key) => labels[key] !== undefined)
    .map((key): LabelRequirement => ({ key, operator: 'in', values: [labels[key] ?? ''] }))
  return [...selectorOrNothing(labelSelector), ...own]
}

function nodePolicy({ nodeAffinityPolicy, nodeTaintsPolicy }: TopologySpreadConstraint, { pod }: PodFacts, { nodes }: Cluster) {
  const isWanted = nodeAffinityPolicy === 'Ignore' ? undefined : requiredNodeMatcher(pod.spec ?? {})
  const honorsTaints = nodeTaintsPolicy === 'Honor'
  return (slot: number) => {
    const node = nodes.at(slot)
    if (isWanted !== undefined && !isWanted(node)) return false
    return !honorsTaints || untoleratedTaint(node.taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute']) === undefined
  }
}

/** Whether a pod is one of those that it spreads among. */
export function countsItself({ selector }: SpreadConstraint, pod: PodFacts): boolean {
  return matches(selector, pod.labels)
}
