/** Pods that want to be near, or far from, other pods: within one value of a node label. */

import { type AffinityTerm, isMeant } from '../framework/affinity-terms.ts'
import type { Cluster } from '../framework/cluster.ts'
import { on, onNode, onPod } from '../framework/cluster-event.ts'
import type { NumberColumn } from '../framework/number-column.ts'
import { type FilterPlugin, type NodeFilter, nodeScoreMax, type ScorePlugin } from '../framework/plugin.ts'
import type { PodCount, PodQuery } from '../framework/pod-counts.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { noDomain } from '../framework/topology-columns.ts'
import { pass, unresolvable, unschedulable } from '../framework/verdict.ts'
import { type DomainSums, sumsByDomain } from './domain-sums.ts'

export type InterPodAffinityOptions = { readonly hardPodAffinityWeight: number; readonly ignorePreferredTermsOfExistingPods: boolean }

const noAffinity = unresolvable("node(s) didn't match pod affinity rules")
const antiAffinity = unschedulable("node(s) didn't match pod anti-affinity rules")
const antiAffinityOfOthers = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules")

export function interPodAffinity(options: InterPodAffinityOptions): FilterPlugin & ScorePlugin {
  return {
    name: 'InterPodAffinity',
    wakesOn: [
      onNode('node-added'),
      onNode('node-labels-changed'),
      onPod('assigned-pod-added', (waiting, pod) => waiting.affinity.required.some((term) => isNear(term, pod))),
      onPod('assigned-pod-labels-changed'),
      onPod('assigned-pod-deleted'),
      on('namespace-changed'),
    ],
    filter: filterByAffinity,
    score: (pod, cluster) => scoreByAffinity(pod, cluster, options),
  }
}

/** Namespaces are left to the filter: a pod woken for nothing costs little. */
function isNear(term: AffinityTerm, pod: PodFacts): boolean {
  return isMeant({ ...term, namespaceSelector: [] }, pod.namespace, pod.labels, () => undefined)
}

function filterByAffinity(pod: PodFacts, cluster: Cluster): NodeFilter | undefined {
  const { required, requiredAnti } = pod.affinity
  const foreign = [...cluster.termCounts.of('requiredAnti')].filter(({ term }) =>
    isMeant(term, pod.namespace, pod.labels, cluster.namespaceLabels),
  )
  if (required.length + requiredAnti.length + foreign.length === 0) return undefined
  const isAttracted = attraction(pod, cluster)
  const repulsions = requiredAnti.map((term) =>
    sumsByDomain(cluster, term.topologyKey, cluster.podCounts.of(queryOf([term], cluster)).column),
  )
  const foreignRepulsions = foreign.map(({ term, column }) => sumsByDomain(cluster, term.topologyKey, column))
  return (slot) => {
    if (!isAttracted(slot)) return noAffinity
    if (repulsions.some((sums) => sums.at(slot) > 0)) return antiAffinity
    if (foreignRepulsions.some((sums) => sums.at(slot) > 0)) return antiAffinityOfOthers
    return pass
  }
}

/** Every term needs a pod nearby that all terms mean; the first of a group that wants to be with itself may go anywhere. */
function attraction(pod: PodFacts, cluster: Cluster): (slot: number) => boolean {
  const { required } = pod.affinity
  if (required.length === 0) return () => true
  const query = queryOf(required, cluster)
  const counted: PodCount = cluster.podCounts.of(query)
  const sums = required.map(({ topologyKey }) => sumsByDomain(cluster, topologyKey, counted.column))
  const isAnywhere = sums.some((one) => one.total > 0)
  const mayBeFirst = !isAnywhere && query.isMeant(pod)
  return (slot) => sums.every((one) => one.domainOf(slot) !== noDomain && (mayBeFirst || one.at(slot) > 0))
}

/** Pods that all of the terms mean. */
function queryOf(terms: readonly AffinityTerm[], cluster: Cluster): PodQuery {
  return {
    key: `affinity|${terms.map(({ key }) => key).join('&')}`,
    isMeant: (pod) => terms.every((term) => isMeant(term, pod.namespace, pod.labels, cluster.namespaceLabels)),
  }
}

type Weighted = { readonly sums: DomainSums; readonly weight: number }

function scoreByAffinity(pod: PodFacts, cluster: Cluster, options: InterPodAffinityOptions) {
  const parts = [...ownPreferences(pod, cluster), ...othersPreferences(pod, cluster, options)].filter(({ sums }) => !sums.isEmpty)
  if (parts.length === 0) return undefined
  return {
    score: (slot: number) => parts.reduce((total, { sums, weight }) => total + weight * sums.at(slot), 0),
    normalize: stretchToMax,
  }
}

function ownPreferences({ affinity }: PodFacts, cluster: Cluster): readonly Weighted[] {
  return affinity.preferred.map(({ term, weight }) => ({
    weight,
    sums: sumsByDomain(cluster, term.topologyKey, cluster.podCounts.of(queryOf([term], cluster)).column),
  }))
}

/** What pods that are placed already would like, and, a little, what they once required. */
function othersPreferences(pod: PodFacts, cluster: Cluster, options: InterPodAffinityOptions): readonly Weighted[] {
  const meant = (kind: 'required' | 'preferred', weight: number) =>
    [...cluster.termCounts.of(kind)]
      .filter(({ term }) => isMeant(term, pod.namespace, pod.labels, cluster.namespaceLabels))
      .map(({ term, column }: { readonly term: AffinityTerm; readonly column: NumberColumn }) => ({
        weight,
        sums: sumsByDomain(cluster, term.topologyKey, column),
      }))
  const hasOwn = pod.affinity.preferred.length > 0
  return [
    ...(options.ignorePreferredTermsOfExistingPods && !hasOwn ? [] : meant('preferred', 1)),
    ...(options.hardPodAffinityWeight > 0 ? meant('required', options.hardPodAffinityWeight) : []),
  ]
}

/** The worst becomes 0 and the best the maximum. */
function stretchToMax(scores: Float64Array): void {
  const max = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const min = scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  for (const [index, score] of scores.entries()) scores[index] = max === min ? 0 : Math.floor((nodeScoreMax * (score - min)) / (max - min))
}
