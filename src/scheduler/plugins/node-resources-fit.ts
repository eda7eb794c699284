/** A node takes a pod only if what the pod requests is free there; scores nodes by how much is left (or used). */
import { resourceAmount } from '#domain/pod-requests'
import type { Node } from '#kinds/core/types.gen'
import type { Cluster } from '../framework/cluster.ts'
import { onNode, onPod } from '../framework/cluster-event.ts'
import type { FilterPlugin, NodeFilter, ScorePlugin } from '../framework/plugin.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { pass, type Verdict } from '../framework/verdict.ts'
import { type ScoringStrategy, scoreBy } from './resource-scoring.ts'

export type FitOptions = {
  readonly strategy: ScoringStrategy
  /** Resources that something else than the scheduler looks after, by name or by prefix (`example.com/`). */
  readonly ignoredResources: ReadonlySet<string>
  readonly ignoredGroups: ReadonlySet<string>
}

export function nodeResourcesFit(options: FitOptions): FilterPlugin & ScorePlugin {
  return {
    name: 'NodeResourcesFit',
    wakesOn: [
      onNode('node-added', (pod, node) => fitsEmpty(pod, node, options)),
      onNode('node-allocatable-changed', (pod, node) => fitsEmpty(pod, node, options)),
      onPod('assigned-pod-deleted'),
      onPod('assigned-pod-scaled-down'),
    ],
    filter: (pod, cluster) => fitFilter(pod, cluster, options),
    score: (pod, cluster) => ({ score: scoreBy(options.strategy, pod, cluster) }),
  }
}

function fitFilter(pod: PodFacts, { nodes }: Cluster, options: FitOptions): NodeFilter {
  const wanted = [...pod.requests]
    .filter(([name]) => !isIgnored(name, options))
    .map(([name, amount]) => ({ amount, columns: nodes.resource(name), reason: `Insufficient ${name}` }))
  const { podCount, podCountMax } = nodes
  return (slot) => {
    let isFull = podCount.get(slot) + 1 > podCountMax.get(slot)
    for (const { amount, columns } of wanted) isFull ||= amount > columns.allocatable.get(slot) - columns.requested.get(slot)
    return isFull ? shortage(slot) : pass
  }

  /** All that is lacking; off the fast path. */
  function shortage(slot: number): Verdict {
    const short = wanted.filter(({ amount, columns }) => amount > columns.allocatable.get(slot) - columns.requested.get(slot))
    const isHopeless = short.some(({ amount, columns }) => amount > columns.allocatable.get(slot))
    const tooMany = podCount.get(slot) + 1 > podCountMax.get(slot) ? ['Too many pods'] : []
    return { outcome: isHopeless ? 'unresolvable' : 'unschedulable', reasons: [...tooMany, ...short.map(({ reason }) => reason)] }
  }
}

/** Whether the node could take the pod if nothing else were on it. */
function fitsEmpty(pod: PodFacts, node: Node, options: FitOptions): boolean {
  const { allocatable = {} } = node.status ?? {}
  return [...pod.requests].every(([name, amount]) => isIgnored(name, options) || amount <= resourceAmount(name, allocatable[name] ?? '0'))
}

function isIgnored(name: string, { ignoredResources, ignoredGroups }: FitOptions): boolean {
  if (!name.includes('/')) return false
  return ignoredResources.has(name) || ignoredGroups.has(name.slice(0, name.indexOf('/')))
}
