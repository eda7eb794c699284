/**
 * What a scheduler plugin is: a name, the events that may change its mind, and the questions that it answers. A question is
 * asked in two steps, first for the pod (where what depends on the pod alone is worked out), then for each node.
 * Both run without waiting; the answers are good until the next event.
 */
import type { Cluster } from './cluster.ts'
import type { Wake } from './cluster-event.ts'
import type { PodFacts } from './pod-facts.ts'
import type { Rejection, Verdict } from './verdict.ts'

/** Runs once for each node that the filters before let pass. */
export type NodeFilter = (slot: number) => Verdict

/**
 * The only nodes worth looking at, where the pod names them; all others are rejected without being asked.
 */
export type NamedNodes = { readonly only: ReadonlySet<string>; readonly filter: NodeFilter }

export type FilterPlugin = {
  readonly name: string
  readonly wakesOn: readonly Wake[]
  /** `undefined` where the plugin has nothing against any node; a rejection where no node will do. */
  filter(pod: PodFacts, cluster: Cluster): NodeFilter | NamedNodes | Rejection | undefined
}

/** Scores are made comparable by `normalize`, which writes numbers from 0 to `nodeScoreMax` in place; `slots` runs parallel to `scores`. */
export type NodeScorer = {
  readonly score: (slot: number) => number
  readonly normalize?: (scores: Float64Array, slots: readonly number[]) => void
}

export const nodeScoreMax = 100

export type ScorePlugin = {
  readonly name: string
  /** `undefined` where the plugin does not prefer any node. `feasible` are the nodes that passed all filters. */
  score(pod: PodFacts, cluster: Cluster, feasible: readonly number[]): NodeScorer | undefined
}

/** Holds something for a pod from the decision until it is bound, or until that failed. */
export type ReservePlugin = {
  readonly name: string
  reserve(pod: PodFacts, slot: number, cluster: Cluster): Verdict
  /** What was held is no longer needed: the pod is bound, or has given up. */
  release(pod: PodFacts): void
  /** Whether `preBind` will wait for somebody else, perhaps for long. */
  mustWait(pod: PodFacts): boolean
  /** Runs before binding. A throw gives the node up. */
  preBind(pod: PodFacts, signal: AbortSignal): Promise<void>
}

/** Keeps a pod from being looked at at all; the text is for the log. */
export type GatePlugin = { readonly name: string; readonly wakesOn: readonly Wake[]; gate(pod: PodFacts): string | undefined }

export type Plugin = FilterPlugin | ScorePlugin | ReservePlugin | GatePlugin
