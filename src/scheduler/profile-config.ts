/** What an administrator says about a profile (`KubeSchedulerConfiguration.profiles`), and what upstream says where they are silent. */
import type { NodeAffinity, TopologySpreadConstraint } from '#kinds/core/types.gen'
import type { FitOptions } from './plugins/node-resources-fit.ts'
import { cpuAndMemory, leastAllocated, type ScoredResource } from './plugins/resource-scoring.ts'

/** Which plugins take part, in order; weights are for those that score. */
export type EnabledPlugin = { readonly name: string; readonly weight: number }

export type PluginArguments = {
  readonly addedAffinity: NodeAffinity | undefined
  readonly fit: FitOptions
  readonly balancedResources: readonly ScoredResource[]
  readonly hardPodAffinityWeight: number
  readonly ignorePreferredTermsOfExistingPods: boolean
  /** `undefined` stands for upstream's own (`defaultingType: System`). */
  readonly defaultSpreadConstraints: readonly TopologySpreadConstraint[] | undefined
  readonly candidateNodesPercentageMin: number
  readonly candidateNodesCountMin: number
  readonly bindTimeoutMs: number
}

export type ProfileConfig = {
  readonly schedulerName: string
  readonly percentageOfNodesToScore: number
  readonly filters: readonly EnabledPlugin[]
  readonly scores: readonly EnabledPlugin[]
  readonly gates: readonly EnabledPlugin[]
  readonly postFilters: readonly EnabledPlugin[]
  readonly reserves: readonly EnabledPlugin[]
  readonly arguments: PluginArguments
}

/** Upstream's MultiPoint list: a plugin takes part wherever it has something to say. */
export const defaultPlugins: readonly EnabledPlugin[] = [
  { name: 'SchedulingGates', weight: 0 },
  { name: 'NodeUnschedulable', weight: 0 },
  { name: 'NodeName', weight: 0 },
  { name: 'TaintToleration', weight: 3 },
  { name: 'NodeAffinity', weight: 2 },
  { name: 'NodePorts', weight: 0 },
  { name: 'NodeResourcesFit', weight: 1 },
  { name: 'VolumeBinding', weight: 0 },
  { name: 'PodTopologySpread', weight: 2 },
  { name: 'InterPodAffinity', weight: 2 },
  { name: 'DefaultPreemption', weight: 0 },
  { name: 'NodeResourcesBalancedAllocation', weight: 1 },
  { name: 'ImageLocality', weight: 1 },
]

export const defaultArguments: PluginArguments = {
  addedAffinity: undefined,
  fit: { strategy: leastAllocated, ignoredResources: new Set(), ignoredGroups: new Set() },
  balancedResources: cpuAndMemory,
  hardPodAffinityWeight: 1,
  ignorePreferredTermsOfExistingPods: false,
  defaultSpreadConstraints: undefined,
  candidateNodesPercentageMin: 10,
  candidateNodesCountMin: 100,
  bindTimeoutMs: 600_000,
}

export const defaultProfile: ProfileConfig = {
  schedulerName: 'default-scheduler',
  percentageOfNodesToScore: 0,
  filters: defaultPlugins,
  scores: defaultPlugins,
  gates: defaultPlugins,
  postFilters: defaultPlugins,
  reserves: defaultPlugins,
  arguments: defaultArguments,
}
