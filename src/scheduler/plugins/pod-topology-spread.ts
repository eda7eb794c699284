/** Spreads pods evenly over the values of a node label: zones, hosts. */
import type { TopologySpreadConstraint } from '#kinds/core/types.gen'
import type { Selector } from '#meta/labels'
import type { Cluster } from '../framework/cluster.ts'
import { onNode, onPod } from '../framework/cluster-event.ts'
import { type FilterPlugin, type NodeFilter, type NodeScorer, nodeScoreMax, type ScorePlugin } from '../framework/plugin.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { noDomain } from '../framework/topology-columns.ts'
import { pass, unresolvable, unschedulable } from '../framework/verdict.ts'
import {
  countsItself,
  hasAllDomains,
  hostnameLabel,
  readConstraints,
  type SpreadConstraint,
  systemDefaultConstraints,
} from './spread-constraints.ts'

export type PodTopologySpreadOptions = {
  /** For pods without constraints of their own; `undefined` stands for upstream's. */
  readonly defaults: readonly TopologySpreadConstraint[] | undefined
  /** Which pods belong with this one, by its Services and its owner; undefined where nothing says so. */
  readonly workloadSelector: (pod: PodFacts) => Selector | undefined
}

const uneven = unschedulable("node(s) didn't match pod topology spread constraints")
const noLabel = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")

export function podTopologySpread(options: PodTopologySpreadOptions): FilterPlugin & ScorePlugin {
  return {
    name: 'PodTopologySpread',
    wakesOn: [
      onNode('node-added'),
      onNode('node-labels-changed'),
      onNode('node-taints-changed'),
      onPod('assigned-pod-added', sameNamespace),
      onPod('assigned-pod-labels-changed', sameNamespace),
      onPod('assigned-pod-deleted', sameNamespace),
    ],
    filter(pod, cluster) {
      const { constraints } = constraintsOf(pod, 'DoNotSchedule', cluster, options)
      return constraints.length === 0 ? undefined : filterByConstraints(constraints, pod, cluster)
    },
    score(pod, cluster, feasible) {
      const { constraints, isOwn } = constraintsOf(pod, 'ScheduleAnyway', cluster, options)
      if (constraints.length === 0) return undefined
      const needsAllLabels = isOwn || options.defaults !== undefined
      const isIgnored = (slot: number) => needsAllLabels && !hasAllDomains(constraints, slot)
      return scoreByConstraints(constraints, cluster, feasible, isIgnored)
    },
  }
}

function sameNamespace(waiting: PodFacts, { namespace }: PodFacts): boolean {
  return waiting.namespace === namespace
}

type Effect = 'DoNotSchedule' | 'ScheduleAnyway'

function constraintsOf(pod: PodFacts, effect: Effect, cluster: Cluster, options: PodTopologySpreadOptions) {
  const own = pod.pod.spec?.topologySpreadConstraints ?? []
  if (own.length > 0) return { isOwn: true, constraints: readConstraints(own.filter(has(effect)), pod, cluster) }
  const defaults = (options.defaults ?? systemDefaultConstraints).filter(has(effect))
  const selector = defaults.length === 0 ? undefined : options.workloadSelector(pod)
  return { isOwn: false, constraints: selector === undefined ? [] : readConstraints(defaults, pod, cluster, selector) }
}

function has(effect: Effect) {
  return ({ whenUnsatisfiable }: TopologySpreadConstraint) => whenUnsatisfiable === effect
}

type Skew = SpreadConstraint & { readonly sums: Float64Array; readonly least: number; readonly own: number }

function filterByConstraints(constraints: readonly SpreadConstraint[], pod: PodFacts, cluster: Cluster): NodeFilter {
  const skews = constraints.map((constraint): Skew => {
    const { sums, isPresent } = sumsOf(constraint, cluster.nodes.slots, (slot) => hasAllDomains(constraints, slot))
    return { ...constraint, sums, least: leastOf(sums, isPresent, constraint.minDomains), own: countsItself(constraint, pod) ? 1 : 0 }
  })
  return (slot) => {
    for (const { domains, sums, least, own, maxSkew } of skews) {
      const domain = domains[slot] ?? noDomain
      if (domain === noDomain) return noLabel
      if ((sums[domain] ?? 0) + own - least > maxSkew) return uneven
    }
    return pass
  }
}

/** Matching pods by domain, and which domains have a node that counts. */
function sumsOf(constraint: SpreadConstraint, slots: readonly number[], isEligible: (slot: number) => boolean) {
  const sums = new Float64Array(constraint.domainCount)
  const isPresent = new Uint8Array(constraint.domainCount)
  for (const slot of slots) {
    const domain = constraint.domains[slot] ?? noDomain
    if (domain === noDomain || !isEligible(slot) || !constraint.isCounted(slot)) continue
    sums[domain] = (sums[domain] ?? 0) + constraint.podCounts.get(slot)
    isPresent[domain] = 1
  }
  return { sums, isPresent }
}

/** The emptiest domain; 0 while there are fewer domains than the pod wants. */
function leastOf(sums: Float64Array, isPresent: Uint8Array, minDomains: number): number {
  let least = Number.POSITIVE_INFINITY
  let presentCount = 0
  for (const [domain, sum] of sums.entries()) {
    if (isPresent[domain] !== 1) continue
    presentCount++
    least = Math.min(least, sum)
  }
  return presentCount < minDomains ? 0 : least
}

function scoreByConstraints(
  constraints: readonly SpreadConstraint[],
  { nodes }: Cluster,
  feasible: readonly number[],
  isIgnored: (slot: number) => boolean,
): NodeScorer {
  const ranked = feasible.filter((slot) => !isIgnored(slot))
  const parts = constraints.map((constraint) => {
    const present = new Set(ranked.map((slot) => constraint.domains[slot] ?? noDomain).filter((domain) => domain !== noDomain))
    const isHost = constraint.topologyKey === hostnameLabel
    // As upstream: the more domains, the more each one's pods weigh.
    const weight = Math.log((isHost ? ranked.length : present.size) + 2)
    const { sums } = isHost ? { sums: undefined } : sumsOf(constraint, nodes.slots, (slot) => !isIgnored(slot))
    return { ...constraint, weight, sums }
  })
  return {
    score(slot) {
      if (isIgnored(slot)) return 0
      let total = 0
      for (const { domains, sums, podCounts, weight, maxSkew } of parts) {
        const domain = domains[slot] ?? noDomain
        if (domain === noDomain) continue
        total += (sums === undefined ? podCounts.get(slot) : (sums[domain] ?? 0)) * weight + (maxSkew - 1)
      }
      return Math.round(total)
    },
    normalize: (scores, slots) => reverse(scores, (index) => isIgnored(slots[index] ?? 0)),
  }
}

/** Fewer pods are better; ignored nodes get nothing. */
function reverse(scores: Float64Array, isIgnored: (index: number) => boolean): void {
  let max = 0
  let min = Number.POSITIVE_INFINITY
  for (let index = 0; index < scores.length; index++) {
    if (isIgnored(index)) continue
    max = Math.max(max, scores[index] ?? 0)
    min = Math.min(min, scores[index] ?? 0)
  }
  for (let index = 0; index < scores.length; index++) {
    if (isIgnored(index)) scores[index] = 0
    else scores[index] = max === 0 ? nodeScoreMax : Math.floor((nodeScoreMax * (max + min - (scores[index] ?? 0))) / max)
  }
}
