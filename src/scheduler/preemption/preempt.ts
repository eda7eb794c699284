/** Looks for a node where a pod would fit if less important ones went. Decides only: who acts is `evict-victims.ts`. */
import type { Random } from '#base/env/random'
import { type Diagnosis, diagnosisMessage } from '../framework/diagnosis.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import type { PreemptionLimits } from '../framework/profile.ts'
import { type Rejection, unresolvable } from '../framework/verdict.ts'
import { bestCandidate } from './best-candidate.ts'
import { type Candidate, type VictimsDeps, victimsOn } from './victims.ts'

export type Preemption =
  | { readonly outcome: 'node'; readonly candidate: Candidate }
  /** `forgetsNomination`: room that was promised before will not come about. */
  | { readonly outcome: 'none'; readonly message: string; readonly forgetsNomination: boolean }

const notHelpful = unresolvable('Preemption is not helpful for scheduling')

export type PreemptDeps = VictimsDeps & { readonly random: Random; readonly limits: PreemptionLimits }

export function preempt(pod: PodFacts, diagnosis: Diagnosis, deps: PreemptDeps): Preemption {
  const ineligible = whyIneligible(pod, diagnosis, deps)
  if (ineligible !== undefined) return { outcome: 'none', message: `preemption: ${ineligible}`, forgetsNomination: false }
  const { candidates, rejections } = dryRun(pod, slotsWorthTrying(diagnosis, deps), deps)
  const candidate = bestCandidate(candidates)
  if (candidate !== undefined) return { outcome: 'node', candidate }
  const { nodeCount } = diagnosis
  const message = diagnosisMessage({ nodeCount, rejections, others: notHelpful, podRejection: undefined, rejectedBy: new Set() })
  return { outcome: 'none', message: `preemption: ${message}`, forgetsNomination: true }
}

function whyIneligible(pod: PodFacts, diagnosis: Diagnosis, { cluster }: PreemptDeps): string | undefined {
  if (pod.pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const slot = cluster.nodes.slotOf(cluster.nominations.nodeOf(pod.uid) ?? '')
  // Room was promised on a node that has become impossible: look for another one.
  if (slot === undefined || diagnosis.rejections.get(slot)?.outcome === 'unresolvable') return undefined
  const isLeaving = [...cluster.nodes.at(slot).pods.values()].some((other) => other.priority < pod.priority && other.isTerminating)
  return isLeaving ? 'not eligible due to a terminating pod on the nominated node.' : undefined
}

/** Nodes that other pods' going can help. */
function slotsWorthTrying({ rejections, others }: Diagnosis, { cluster }: PreemptDeps): readonly number[] {
  return cluster.nodes.slots.filter((slot) => (rejections.get(slot) ?? others)?.outcome === 'unschedulable')
}

type DryRun = { readonly candidates: readonly Candidate[]; readonly rejections: ReadonlyMap<number, Rejection> }

/** In large clusters a part of the nodes is enough, from a place that chance picks. */
function dryRun(pod: PodFacts, slots: readonly number[], deps: PreemptDeps): DryRun {
  const candidates: Candidate[] = []
  const rejections = new Map<number, Rejection>()
  const { candidateNodesPercentageMin, candidateNodesCountMin } = deps.limits
  const wanted = Math.min(Math.max(Math.floor((slots.length * candidateNodesPercentageMin) / 100), candidateNodesCountMin), slots.length)
  const offset = Math.floor(deps.random.float() * slots.length)
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[(offset + index) % slots.length] ?? 0
    const found = victimsOn(slot, pod, deps)
    if ('outcome' in found) rejections.set(slot, found)
    else candidates.push(found)
    if (candidates.length >= wanted && candidates.some(({ violationCount }) => violationCount === 0)) break
  }
  return { candidates, rejections }
}
