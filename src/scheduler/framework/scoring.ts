/** From the scores of many plugins to one node. */
import type { Random } from '#base/env/random'
import type { Cluster } from './cluster.ts'
import { nodeScoreMax } from './plugin.ts'
import type { PodFacts } from './pod-facts.ts'
import type { WeightedScore } from './profile.ts'

/** Each plugin's scores, normalised and weighted, added up; parallel to `feasible`. */
export function totalScores(scores: readonly WeightedScore[], pod: PodFacts, cluster: Cluster, feasible: readonly number[]): Float64Array {
  const totals = new Float64Array(feasible.length)
  for (const { plugin, weight } of scores) {
    const scorer = plugin.score(pod, cluster, feasible)
    if (scorer === undefined) continue
    const own = new Float64Array(feasible.length)
    // Plain loops here and below: iterators cost more than the plugins.
    for (let index = 0; index < own.length; index++) own[index] = scorer.score(feasible[index] ?? 0)
    scorer.normalize?.(own, feasible)
    for (let index = 0; index < own.length; index++) totals[index] = (totals[index] ?? 0) + weight * (own[index] ?? 0)
  }
  return totals
}

/** The slot with the highest total; among equals each has the same chance. */
export function chooseBest(feasible: readonly number[], totals: Float64Array, random: Random): number {
  let best = -1
  let bestTotal = Number.NEGATIVE_INFINITY
  let equalCount = 0
  for (let index = 0; index < totals.length; index++) {
    const total = totals[index] ?? 0
    if (total > bestTotal) {
      best = index
      bestTotal = total
      equalCount = 1
    } else if (total === bestTotal && random.float() * ++equalCount < 1) {
      best = index
    }
  }
  return feasible[best] ?? 0
}

/** Scales so that the largest becomes `nodeScoreMax`. */
export function normalizeToMax(scores: Float64Array): void {
  const max = scores.reduce((a, b) => Math.max(a, b), 0)
  if (max === 0) return
  for (let index = 0; index < scores.length; index++) scores[index] = Math.floor((nodeScoreMax * (scores[index] ?? 0)) / max)
}

/** As `normalizeToMax`, for scores of which less is better. */
export function normalizeToMaxReversed(scores: Float64Array): void {
  normalizeToMax(scores)
  for (let index = 0; index < scores.length; index++) scores[index] = nodeScoreMax - (scores[index] ?? 0)
}
