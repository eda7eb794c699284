/** `KubeSchedulerConfiguration`, the file behind `--config`: decoding, upstream's defaults, and its complaints. */
import { type ConfigDocument, ConfigFileError, type ConfigShape } from '#component/config-file'
import { parseDurationMs } from '#meta/duration'
import { isKnownPlugin } from './build-profile.ts'
import { argumentsOf, type PluginConfigEntry } from './plugin-arguments.ts'
import { defaultPlugins, defaultProfile, type EnabledPlugin, type ProfileConfig } from './profile-config.ts'
import { type BackoffTimes, defaultBackoff } from './queue/queued-pod.ts'

export const schedulerConfigurationShape: ConfigShape = {
  apiVersions: ['kubescheduler.config.k8s.io/v1'],
  kind: 'KubeSchedulerConfiguration',
  fields: [
    'parallelism',
    'leaderElection',
    'clientConnection',
    'enableProfiling',
    'enableContentionProfiling',
    'percentageOfNodesToScore',
    'podInitialBackoffSeconds',
    'podMaxBackoffSeconds',
    'profiles',
    'extenders',
    'delayCacheUntilActive',
  ],
}

export type ElectionSettings = {
  readonly isOn: boolean
  readonly namespace: string
  readonly name: string
  readonly leaseDurationMs: number
  readonly renewDeadlineMs: number
  readonly retryPeriodMs: number
}

export type SchedulerConfiguration = {
  readonly profiles: readonly ProfileConfig[]
  readonly backoff: BackoffTimes
  readonly kubeconfig: string
  readonly election: ElectionSettings
}

type PluginSet = {
  readonly enabled?: readonly { readonly name: string; readonly weight?: number }[]
  readonly disabled?: readonly { readonly name: string }[]
}
type ExtensionPoint = 'multiPoint' | 'preEnqueue' | 'filter' | 'preFilter' | 'postFilter' | 'score' | 'preScore' | 'reserve'
type ProfileDocument = {
  readonly schedulerName?: string
  readonly percentageOfNodesToScore?: number
  readonly plugins?: Partial<Readonly<Record<ExtensionPoint, PluginSet>>>
  readonly pluginConfig?: readonly PluginConfigEntry[]
}
type Document = {
  readonly percentageOfNodesToScore?: number
  readonly podInitialBackoffSeconds?: number
  readonly podMaxBackoffSeconds?: number
  readonly clientConnection?: { readonly kubeconfig?: string }
  readonly leaderElection?: {
    readonly leaderElect?: boolean
    readonly resourceNamespace?: string
    readonly resourceName?: string
    readonly leaseDuration?: string
    readonly renewDeadline?: string
    readonly retryPeriod?: string
  }
  readonly profiles?: readonly ProfileDocument[]
}

/** An empty document gives upstream's defaults; throws a ConfigFileError that names all that is wrong. */
export function schedulerConfiguration(config: ConfigDocument): SchedulerConfiguration {
  const document = config as Document
  const problems = [...problemsOf(document)]
  if (problems.length > 0) throw new ConfigFileError(`invalid configuration: ${problems.join(', ')}`)
  const { podInitialBackoffSeconds, podMaxBackoffSeconds, leaderElection = {}, profiles = [{}] } = document
  return {
    profiles: profiles.map((profile) => profileOf(profile, document.percentageOfNodesToScore ?? 0)),
    backoff: {
      initialMs: podInitialBackoffSeconds === undefined ? defaultBackoff.initialMs : podInitialBackoffSeconds * 1000,
      maxMs: podMaxBackoffSeconds === undefined ? defaultBackoff.maxMs : podMaxBackoffSeconds * 1000,
    },
    kubeconfig: document.clientConnection?.kubeconfig ?? '',
    election: {
      isOn: leaderElection.leaderElect ?? true,
      namespace: leaderElection.resourceNamespace ?? 'kube-system',
      name: leaderElection.resourceName ?? 'kube-scheduler',
      leaseDurationMs: durationOf(leaderElection.leaseDuration, 15_000),
      renewDeadlineMs: durationOf(leaderElection.renewDeadline, 10_000),
      retryPeriodMs: durationOf(leaderElection.retryPeriod, 2_000),
    },
  }
}

function profileOf(profile: ProfileDocument, percentageOfAll: number): ProfileConfig {
  const { plugins = {} } = profile
  const everywhere = applied(defaultPlugins, plugins.multiPoint)
  return {
    schedulerName: profile.schedulerName ?? defaultProfile.schedulerName,
    percentageOfNodesToScore: profile.percentageOfNodesToScore ?? percentageOfAll,
    gates: applied(everywhere, plugins.preEnqueue),
    filters: applied(applied(everywhere, plugins.preFilter), plugins.filter),
    postFilters: applied(everywhere, plugins.postFilter),
    scores: applied(applied(everywhere, plugins.preScore), plugins.score),
    reserves: applied(everywhere, plugins.reserve),
    arguments: argumentsOf(profile.pluginConfig ?? []),
  }
}

/** Disabled plugins go (`*` is all of them), enabled ones come last; one that is there already gets its new weight in place. */
function applied(plugins: readonly EnabledPlugin[], { enabled = [], disabled = [] }: PluginSet = {}): readonly EnabledPlugin[] {
  const gone = new Set(disabled.map(({ name }) => name))
  const kept = gone.has('*') ? [] : plugins.filter(({ name }) => !gone.has(name))
  const weights = new Map(enabled.map(({ name, weight = 0 }) => [name, weight]))
  const names = new Set(kept.map(({ name }) => name))
  return [
    ...kept.map(({ name, weight }) => ({ name, weight: weights.get(name) || weight })),
    ...enabled.filter(({ name }) => !names.has(name)).map(({ name, weight = 0 }) => ({ name, weight })),
  ]
}

function* problemsOf({
  profiles,
  percentageOfNodesToScore: percentage,
  podInitialBackoffSeconds,
  podMaxBackoffSeconds,
}: Document): Iterable<string> {
  if (percentage !== undefined && (percentage < 0 || percentage > 100))
    yield `percentageOfNodesToScore: Invalid value: ${percentage}: not in valid range [0-100]`
  if (podInitialBackoffSeconds !== undefined && podInitialBackoffSeconds <= 0)
    yield `podInitialBackoffSeconds: Invalid value: ${podInitialBackoffSeconds}: must be greater than 0`
  if (podMaxBackoffSeconds !== undefined && podMaxBackoffSeconds < (podInitialBackoffSeconds ?? 1))
    yield `podMaxBackoffSeconds: Invalid value: ${podMaxBackoffSeconds}: must be greater than or equal to PodInitialBackoffSeconds`
  const names = new Map<string, number>()
  for (const [index, profile] of (profiles ?? []).entries()) {
    const name = profile.schedulerName ?? ''
    const earlier = names.get(name)
    if (name === '' && (profiles ?? []).length > 1) yield `profiles[${index}].schedulerName: Required value`
    else if (earlier !== undefined) yield `profiles[${index}].schedulerName: Duplicate value: "profiles[${earlier}].schedulerName"`
    names.set(name, index)
    for (const [point, { enabled = [] }] of Object.entries(profile.plugins ?? {}))
      for (const plugin of enabled)
        if (!isKnownPlugin(plugin.name)) yield `profiles[${index}].plugins.${point}: ${plugin.name} does not exist`
  }
}

function durationOf(text: string | undefined, otherwiseMs: number): number {
  const parsed = text === undefined ? otherwiseMs : parseDurationMs(text)
  if (parsed === undefined) throw new ConfigFileError(`invalid configuration: time: invalid duration ${JSON.stringify(text)}`)
  return parsed
}
