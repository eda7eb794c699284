/** Which pods of one node would have to go for another pod, and how bad that is. Puts the cluster back as it was. */
import type { PodDisruptionBudget } from '#kinds/policy/types.gen'
import { matches, selectorOrNothing } from '#meta/labels'
import { filterBesideNominated } from '../framework/beside-nominated.ts'
import type { Cluster } from '../framework/cluster.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { prepareFilters } from '../framework/prepare-filters.ts'
import type { Profile } from '../framework/profile.ts'
import { type Rejection, unresolvable, type Verdict } from '../framework/verdict.ts'

export type Candidate = {
  readonly slot: number
  readonly nodeName: string
  /** The most important first. */
  readonly victims: readonly PodFacts[]
  /** How many of them a PodDisruptionBudget would rather keep. */
  readonly violationCount: number
}

export type VictimsDeps = {
  readonly cluster: Cluster
  readonly profile: Profile
  readonly budgets: (namespace: string) => readonly PodDisruptionBudget[]
}

const noVictims = unresolvable('No preemption victims found for incoming pod')

/** As few and as unimportant pods as will do; a rejection where even all of them are not enough. */
export function victimsOn(slot: number, pod: PodFacts, deps: VictimsDeps): Candidate | Rejection {
  const { cluster } = deps
  const { name, pods, priorities } = cluster.nodes.at(slot)
  // Before any pod is looked at: in most clusters most pods matter the same.
  if (!priorities.keys().some((priority) => priority < pod.priority)) return noVictims
  const potential = [...pods.values()].filter(({ priority }) => priority < pod.priority).sort(byImportance)
  const removed = new Set(potential)
  for (const victim of potential) cluster.removePod(name, victim)
  try {
    const verdict = fits(slot, pod, deps)
    if (verdict.outcome !== 'pass') return verdict
    const violating = violatingPods(potential, deps.budgets)
    // Those that a budget protects are given back first.
    for (const victim of [...potential.filter((one) => violating.has(one)), ...potential.filter((one) => !violating.has(one))]) {
      cluster.addPod(name, victim)
      if (fits(slot, pod, deps).outcome === 'pass') removed.delete(victim)
      else cluster.removePod(name, victim)
    }
    const victims = potential.filter((one) => removed.has(one))
    return { slot, nodeName: name, victims, violationCount: victims.filter((one) => violating.has(one)).length }
  } finally {
    for (const victim of removed) cluster.addPod(name, victim)
  }
}

function fits(slot: number, pod: PodFacts, { cluster, profile }: VictimsDeps): Verdict {
  const prepared = prepareFilters(profile.filters, pod, cluster)
  if ('rejection' in prepared) return prepared.rejection
  const alone = prepared.filter(slot)
  return alone.outcome === 'pass' ? filterBesideNominated(profile.filters, pod, cluster, slot) : alone
}

/** Higher priority first, then the one that has run longer. */
function byImportance(a: PodFacts, b: PodFacts): number {
  return b.priority - a.priority || startedMs(a) - startedMs(b)
}

/** A pod that has not started counts as the youngest. */
export function startedMs({ pod }: PodFacts): number {
  const startTime = pod.status?.startTime
  return startTime === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(startTime)
}

/** Pods whose eviction a budget does not allow any more, taking them in order of importance. */
function violatingPods(pods: readonly PodFacts[], budgetsOf: VictimsDeps['budgets']): ReadonlySet<PodFacts> {
  const left = new Map<PodDisruptionBudget, number>()
  const violating = new Set<PodFacts>()
  for (const pod of pods) {
    for (const budget of budgetsOf(pod.namespace)) {
      if (!protects(budget, pod)) continue
      const allowed = (left.get(budget) ?? budget.status?.disruptionsAllowed ?? 0) - 1
      left.set(budget, allowed)
      if (allowed < 0) violating.add(pod)
    }
  }
  return violating
}

/** An empty selector protects nothing here, and a pod that is being disrupted already has been counted. */
function protects({ spec, status }: PodDisruptionBudget, { labels, name }: PodFacts): boolean {
  const selector = selectorOrNothing(spec?.selector)
  if (selector.length === 0 || Object.keys(labels).length === 0 || !matches(selector, labels)) return false
  return status?.disruptedPods?.[name] === undefined
}
