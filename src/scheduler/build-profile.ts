/** From names to plugins: the one place that knows them all. A new plugin is one file and one line here. */
import type { Selector } from '#meta/labels'
import type { FilterPlugin, GatePlugin, Plugin, ReservePlugin, ScorePlugin } from './framework/plugin.ts'
import type { PodFacts } from './framework/pod-facts.ts'
import type { Profile } from './framework/profile.ts'
import { imageLocality } from './plugins/image-locality.ts'
import { interPodAffinity } from './plugins/inter-pod-affinity.ts'
import { nodeAffinity } from './plugins/node-affinity.ts'
import { nodeName } from './plugins/node-name.ts'
import { nodePorts } from './plugins/node-ports.ts'
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation.ts'
import { nodeResourcesFit } from './plugins/node-resources-fit.ts'
import { nodeUnschedulable } from './plugins/node-unschedulable.ts'
import { podTopologySpread } from './plugins/pod-topology-spread.ts'
import { schedulingGates } from './plugins/scheduling-gates.ts'
import { taintToleration } from './plugins/taint-toleration.ts'
import { type VolumePlan, volumeBinding } from './plugins/volume-binding.ts'
import type { VolumeSources } from './plugins/volume-claims.ts'
import type { EnabledPlugin, PluginArguments, ProfileConfig } from './profile-config.ts'

/** What plugins know of the cluster besides nodes and pods. */
export type PluginSources = {
  readonly workloadSelector: (pod: PodFacts) => Selector | undefined
  readonly volumes: VolumeSources
  readonly bindVolumes: (plan: VolumePlan, timeoutMs: number, signal: AbortSignal) => Promise<void>
}

type Factory = (args: PluginArguments, sources: PluginSources) => Plugin

const factories: Readonly<Record<string, Factory>> = {
  SchedulingGates: () => schedulingGates,
  NodeUnschedulable: () => nodeUnschedulable,
  NodeName: () => nodeName,
  TaintToleration: () => taintToleration,
  NodeAffinity: ({ addedAffinity }) => nodeAffinity(addedAffinity),
  NodePorts: () => nodePorts,
  NodeResourcesFit: ({ fit }) => nodeResourcesFit(fit),
  VolumeBinding: ({ bindTimeoutMs }, { volumes, bindVolumes }) =>
    volumeBinding(volumes, (plan, signal) => bindVolumes(plan, bindTimeoutMs, signal)),
  PodTopologySpread: ({ defaultSpreadConstraints: defaults }, { workloadSelector }) => podTopologySpread({ defaults, workloadSelector }),
  InterPodAffinity: interPodAffinity,
  NodeResourcesBalancedAllocation: ({ balancedResources }) => nodeResourcesBalancedAllocation(balancedResources),
  ImageLocality: () => imageLocality,
}

const preemptionName = 'DefaultPreemption'

/** Plugins of upstream's that are part of the machinery here: there is nothing to choose. */
const machinery = ['PrioritySort', 'DefaultBinder', preemptionName]

export function isKnownPlugin(name: string): boolean {
  return machinery.includes(name) || Object.hasOwn(factories, name)
}

export function buildProfile(config: ProfileConfig, sources: PluginSources): Profile {
  const built = new Map<string, Plugin>()
  const pluginOf = (name: string): Plugin | undefined => {
    const known = built.get(name)
    const plugin = known ?? (Object.hasOwn(factories, name) ? factories[name]?.(config.arguments, sources) : undefined)
    if (plugin !== undefined) built.set(name, plugin)
    return plugin
  }
  const pick = <P extends Plugin>(enabled: readonly EnabledPlugin[], takesPart: (plugin: Plugin) => plugin is P) =>
    enabled.flatMap(({ name, weight }) => {
      const plugin = pluginOf(name)
      return plugin !== undefined && takesPart(plugin) ? [{ plugin, weight }] : []
    })
  return {
    schedulerName: config.schedulerName,
    percentageOfNodesToScore: config.percentageOfNodesToScore,
    gates: pick(config.gates, isGate).map(({ plugin }) => plugin),
    filters: pick(config.filters, isFilter).map(({ plugin }) => plugin),
    // A weight of 0 in a configuration means the usual one.
    scores: pick(config.scores, isScore).map(({ plugin, weight }) => ({ plugin, weight: weight || 1 })),
    reserves: pick(config.reserves, isReserve).map(({ plugin }) => plugin),
    preemption: config.postFilters.some(({ name }) => name === preemptionName) ? config.arguments : undefined,
  }
}

function isGate(plugin: Plugin): plugin is GatePlugin {
  return 'gate' in plugin
}

function isFilter(plugin: Plugin): plugin is FilterPlugin {
  return 'filter' in plugin
}

function isScore(plugin: Plugin): plugin is ScorePlugin {
  return 'score' in plugin
}

function isReserve(plugin: Plugin): plugin is ReservePlugin {
  return 'reserve' in plugin
}
