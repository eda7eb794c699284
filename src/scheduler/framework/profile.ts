/** One way of scheduling, for the pods that name it in `spec.schedulerName`. */
import type { FilterPlugin, GatePlugin, ReservePlugin, ScorePlugin } from './plugin.ts'
import type { PodFacts } from './pod-facts.ts'

export type WeightedScore = { readonly plugin: ScorePlugin; readonly weight: number }

/** In large clusters only so many nodes are tried: a share, but at least a number. */
export type PreemptionLimits = { readonly candidateNodesPercentageMin: number; readonly candidateNodesCountMin: number }

export type Profile = {
  readonly schedulerName: string
  readonly gates: readonly GatePlugin[]
  /** In the order in which they are asked: the first rejection of a node is the one that is told. */
  readonly filters: readonly FilterPlugin[]
  readonly scores: readonly WeightedScore[]
  readonly reserves: readonly ReservePlugin[]
  /** Whether pods that fit nowhere may push others aside, and how long to look for the best place; undefined for never. */
  readonly preemption: PreemptionLimits | undefined
  /** 0 means: adapted to the size of the cluster. */
  readonly percentageOfNodesToScore: number
}

/** Why the pod has to be left alone for now, and which plugin says so; undefined where it may be scheduled. */
export function gatedBy(profile: Profile, pod: PodFacts): string | undefined {
  return profile.gates.find((plugin) => plugin.gate(pod) !== undefined)?.name
}
