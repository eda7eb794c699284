/** How nodes are compared by their resources: `NodeResourcesFitArgs.scoringStrategy`. */
import type { Cluster } from '../framework/cluster.ts'
import { nodeScoreMax } from '../framework/plugin.ts'
import type { PodFacts } from '../framework/pod-facts.ts'

export type ScoredResource = { readonly name: string; readonly weight: number }
export type UtilizationPoint = { readonly utilization: number; readonly score: number }

export type ScoringStrategy =
  | { readonly type: 'LeastAllocated' | 'MostAllocated'; readonly resources: readonly ScoredResource[] }
  | {
      readonly type: 'RequestedToCapacityRatio'
      readonly resources: readonly ScoredResource[]
      /** By growing utilization (0 to 100); scores from 0 to 10. */
      readonly shape: readonly UtilizationPoint[]
    }

export const cpuAndMemory: readonly ScoredResource[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
]

export const leastAllocated: ScoringStrategy = { type: 'LeastAllocated', resources: cpuAndMemory }

/** The weighted mean over the resources that the node has. */
export function scoreBy(strategy: ScoringStrategy, pod: PodFacts, { nodes }: Cluster): (slot: number) => number {
  const resourceScore = resourceScoreOf(strategy)
  const resources = strategy.resources
    .filter(({ name }) => isNative(name) || pod.requests.has(name))
    .map(({ name, weight }) => ({ weight, amount: pod.assumedRequests.get(name) ?? 0, columns: nodes.resource(name) }))
  return (slot) => {
    let total = 0
    let weights = 0
    for (const { weight, amount, columns } of resources) {
      const allocatable = columns.allocatable.get(slot)
      if (allocatable === 0) continue
      total += weight * resourceScore(columns.assumed.get(slot) + amount, allocatable)
      weights += weight
    }
    return weights === 0 ? 0 : Math.floor(total / weights)
  }
}

type ResourceScore = (requested: number, allocatable: number) => number

function resourceScoreOf(strategy: ScoringStrategy): ResourceScore {
  switch (strategy.type) {
    case 'LeastAllocated':
      return (requested, allocatable) =>
        requested > allocatable ? 0 : Math.floor(((allocatable - requested) * nodeScoreMax) / allocatable)
    case 'MostAllocated':
      return (requested, allocatable) => Math.floor((Math.min(requested, allocatable) * nodeScoreMax) / allocatable)
    case 'RequestedToCapacityRatio':
      return (requested, allocatable) => alongShape(strategy.shape, Math.floor((Math.min(requested, allocatable) * 100) / allocatable)) * 10
  }
}

/** Straight lines between the points, level before the first and after the last. */
function alongShape(shape: readonly UtilizationPoint[], utilization: number): number {
  const next = shape.findIndex((point) => utilization <= point.utilization)
  if (next < 0) return shape.at(-1)?.score ?? 0
  const [from, to] = [shape[next - 1], shape[next]]
  if (to === undefined || from === undefined) return to?.score ?? 0
  return from.score + ((to.score - from.score) * (utilization - from.utilization)) / (to.utilization - from.utilization)
}

/** Resources that every node is asked for, as opposed to devices that few pods want. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.startsWith('kubernetes.io/')
}
