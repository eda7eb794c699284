/** The decision where a pod goes: filter, score, choose. Reads the cluster and changes nothing that it does not put back. */
import type { Random } from '#base/env/random'
import { filterBesideNominated } from './beside-nominated.ts'
import type { Cluster } from './cluster.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { PodFacts } from './pod-facts.ts'
import { type PreparedFilters, prepareFilters } from './prepare-filters.ts'
import type { Profile } from './profile.ts'
import { chooseBest, totalScores } from './scoring.ts'
import type { Rejection } from './verdict.ts'

export type Decision =
  | { readonly outcome: 'node'; readonly slot: number; readonly feasibleCount: number; readonly askedCount: number }
  | { readonly outcome: 'none'; readonly diagnosis: Diagnosis }

/** Where the search begins: it moves on with each decision, so that all nodes get their turn when not all are looked at. */
export type SearchStart = { offset: number }

export type DecideDeps = { readonly cluster: Cluster; readonly random: Random; readonly start: SearchStart }

export function decide(profile: Profile, pod: PodFacts, { cluster, random, start }: DecideDeps): Decision {
  const nodeCount = cluster.nodes.slots.length
  const prepared = prepareFilters(profile.filters, pod, cluster)
  if ('rejection' in prepared) {
    const { rejection, rejectedBy } = prepared
    return {
      outcome: 'none',
      diagnosis: { nodeCount, rejections: new Map(), others: rejection, podRejection: rejection, rejectedBy: new Set([rejectedBy]) },
    }
  }
  const found = nominatedNode(profile, pod, cluster, prepared) ?? search(profile, pod, cluster, prepared, start)
  if (found.feasible.length === 0)
    return { outcome: 'none', diagnosis: { nodeCount, ...found, others: prepared.others, podRejection: undefined } }
  const askedCount = found.feasible.length + found.rejections.size
  const slot = choose(profile, pod, { cluster, random, feasible: found.feasible })
  return { outcome: 'node', slot, feasibleCount: found.feasible.length, askedCount }
}

type Found = {
  readonly feasible: readonly number[]
  readonly rejections: ReadonlyMap<number, Rejection>
  readonly rejectedBy: ReadonlySet<string>
}

type Choice = Omit<DecideDeps, 'start'> & { readonly feasible: readonly number[] }

function choose(profile: Profile, pod: PodFacts, { cluster, random, feasible }: Choice): number {
  const [first = 0] = feasible
  if (feasible.length === 1) return first
  return chooseBest(feasible, totalScores(profile.scores, pod, cluster, feasible), random)
}

/** Room that preemption has made for this pod is looked at first. */
function nominatedNode(profile: Profile, pod: PodFacts, cluster: Cluster, prepared: PreparedFilters): Found | undefined {
  const name = cluster.nominations.nodeOf(pod.uid)
  const slot = name === undefined ? undefined : cluster.nodes.slotOf(name)
  if (slot === undefined || !prepared.candidates.includes(slot)) return undefined
  if (prepared.filter(slot).outcome !== 'pass') return undefined
  if (filterBesideNominated(profile.filters, pod, cluster, slot).outcome !== 'pass') return undefined
  return { feasible: [slot], rejections: new Map(), rejectedBy: prepared.rejectedBy }
}

function search(profile: Profile, pod: PodFacts, cluster: Cluster, prepared: PreparedFilters, start: SearchStart): Found {
  const { candidates } = prepared
  const wanted = feasibleCountWanted(candidates.length, profile.percentageOfNodesToScore)
  const feasible: number[] = []
  const rejections = new Map<number, Rejection>()
  let asked = 0
  for (; asked < candidates.length && feasible.length < wanted; asked++) {
    const slot = candidates[(start.offset + asked) % candidates.length] ?? 0
    const alone = prepared.filter(slot)
    const verdict = alone.outcome === 'pass' ? filterBesideNominated(profile.filters, pod, cluster, slot) : alone
    if (verdict.outcome === 'pass') feasible.push(slot)
    else rejections.set(slot, verdict)
  }
  if (candidates.length > 0) start.offset = (start.offset + asked) % candidates.length
  return { feasible, rejections, rejectedBy: prepared.rejectedBy }
}

const feasibleCountMin = 100
const percentageMin = 5

/** As upstream: in large clusters a good node is enough, the best of all is not worth the time. */
function feasibleCountWanted(nodeCount: number, percentage: number): number {
  if (nodeCount < feasibleCountMin || percentage >= 100) return nodeCount
  const share = percentage > 0 ? percentage : Math.max(50 - Math.floor(nodeCount / 125), percentageMin)
  return Math.max(Math.floor((nodeCount * share) / 100), feasibleCountMin)
}
