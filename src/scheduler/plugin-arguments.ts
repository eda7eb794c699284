/** `profiles[].pluginConfig`: what plugins can be told, by name. */
import { ConfigFileError } from '#component/config-file'
import type { NodeAffinity, TopologySpreadConstraint } from '#kinds/core/types.gen'
import type { FitOptions } from './plugins/node-resources-fit.ts'
import { cpuAndMemory, type ScoredResource, type ScoringStrategy, type UtilizationPoint } from './plugins/resource-scoring.ts'
import { defaultArguments, type PluginArguments } from './profile-config.ts'

export type PluginConfigEntry = { readonly name: string; readonly args?: unknown }

type FitArgs = {
  readonly ignoredResources?: readonly string[]
  readonly ignoredResourceGroups?: readonly string[]
  readonly scoringStrategy?: {
    readonly type?: string
    readonly resources?: readonly { readonly name: string; readonly weight?: number }[]
    readonly requestedToCapacityRatio?: { readonly shape?: readonly UtilizationPoint[] }
  }
}

/** One reader for each plugin that takes arguments; what it returns replaces the defaults. */
const readers: Readonly<Record<string, (args: never) => Partial<PluginArguments>>> = {
  NodeAffinity: ({ addedAffinity }: { readonly addedAffinity?: NodeAffinity }) => ({ addedAffinity }),
  NodeResourcesFit: (args: FitArgs) => ({ fit: fitOf(args) }),
  NodeResourcesBalancedAllocation: ({ resources }: { readonly resources?: readonly Partial<ScoredResource>[] }) => ({
    balancedResources: resourcesOf(resources),
  }),
  InterPodAffinity: (args: { readonly hardPodAffinityWeight?: number; readonly ignorePreferredTermsOfExistingPods?: boolean }) => ({
    hardPodAffinityWeight: args.hardPodAffinityWeight ?? defaultArguments.hardPodAffinityWeight,
    ignorePreferredTermsOfExistingPods: args.ignorePreferredTermsOfExistingPods ?? false,
  }),
  PodTopologySpread: (args: { readonly defaultingType?: string; readonly defaultConstraints?: readonly TopologySpreadConstraint[] }) => ({
    defaultSpreadConstraints: args.defaultingType === 'List' ? (args.defaultConstraints ?? []) : undefined,
  }),
  DefaultPreemption: (args: { readonly minCandidateNodesPercentage?: number; readonly minCandidateNodesAbsolute?: number }) => ({
    candidateNodesPercentageMin: args.minCandidateNodesPercentage ?? defaultArguments.candidateNodesPercentageMin,
    candidateNodesCountMin: args.minCandidateNodesAbsolute ?? defaultArguments.candidateNodesCountMin,
  }),
  VolumeBinding: ({ bindTimeoutSeconds }: { readonly bindTimeoutSeconds?: number }) => ({
    bindTimeoutMs: bindTimeoutSeconds === undefined ? defaultArguments.bindTimeoutMs : bindTimeoutSeconds * 1000,
  }),
}

export function argumentsOf(entries: readonly PluginConfigEntry[]): PluginArguments {
  const given = entries.map(({ name, args }) => {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (read === undefined) throw new ConfigFileError(`invalid configuration: pluginConfig: ${name} takes no arguments`)
    return read((args ?? {}) as never)
  })
  return Object.assign({}, defaultArguments, ...given)
}

function fitOf({ ignoredResources = [], ignoredResourceGroups = [], scoringStrategy = {} }: FitArgs): FitOptions {
  return {
    ignoredResources: new Set(ignoredResources),
    ignoredGroups: new Set(ignoredResourceGroups),
    strategy: strategyOf(scoringStrategy),
  }
}

function strategyOf({
  type = 'LeastAllocated',
  resources,
  requestedToCapacityRatio,
}: NonNullable<FitArgs['scoringStrategy']>): ScoringStrategy {
  switch (type) {
    case 'LeastAllocated':
    case 'MostAllocated':
      return { type, resources: resourcesOf(resources) }
    case 'RequestedToCapacityRatio':
      return { type, resources: resourcesOf(resources), shape: requestedToCapacityRatio?.shape ?? [] }
    default:
      throw new ConfigFileError(`invalid configuration: scoringStrategy.type: Unsupported value: ${JSON.stringify(type)}`)
  }
}

function resourcesOf(resources: readonly Partial<ScoredResource>[] | undefined): readonly ScoredResource[] {
  if (resources === undefined || resources.length === 0) return cpuAndMemory
  return resources.map(({ name = '', weight }) => ({ name, weight: weight || 1 }))
}
