/** Prefers nodes whose resources would be used evenly: memory that is left without cpu is of no use. */
import { nodeScoreMax, type ScorePlugin } from '../framework/plugin.ts'
import { cpuAndMemory, type ScoredResource } from './resource-scoring.ts'

export function nodeResourcesBalancedAllocation(resources: readonly ScoredResource[] = cpuAndMemory): ScorePlugin {
  return {
    name: 'NodeResourcesBalancedAllocation',
    score(pod, { nodes }) {
      // As upstream: a pod that requests nothing of these would be judged by what others took.
      if (!resources.some(({ name }) => pod.requests.has(name))) return undefined
      const considered = resources.map(({ name }) => ({ amount: pod.requests.get(name) ?? 0, columns: nodes.resource(name) }))
      const fractions = new Float64Array(considered.length)
      return {
        score(slot) {
          let count = 0
          for (const { amount, columns } of considered) {
            const allocatable = columns.allocatable.get(slot)
            if (allocatable > 0) fractions[count++] = Math.min((columns.requested.get(slot) + amount) / allocatable, 1)
          }
          return Math.floor((1 - deviation(fractions, count)) * nodeScoreMax)
        },
      }
    },
  }
}

/** The standard deviation of the first `count` values. */
function deviation(values: Float64Array, count: number): number {
  if (count < 2) return 0
  let sum = 0
  for (let index = 0; index < count; index++) sum += values[index] ?? 0
  const mean = sum / count
  let squares = 0
  for (let index = 0; index < count; index++) squares += ((values[index] ?? 0) - mean) ** 2
  return Math.sqrt(squares / count)
}
