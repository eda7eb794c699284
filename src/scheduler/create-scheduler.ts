/** The scheduler put together: usable alone, or inside of a process that has a client and informers already. */
import { setImmediate as letOthersRun } from 'node:timers/promises'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import type { Informers } from '#client/informers'
import { ReplicaSet } from '#kinds/apps/replica-set.kind'
import { Namespace } from '#kinds/core/namespace.kind'
import { Node } from '#kinds/core/node.kind'
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { Service } from '#kinds/core/service.kind'
import { PodDisruptionBudget } from '#kinds/policy/pod-disruption-budget.kind'
import { StorageClass } from '#kinds/storage/storage-class.kind'
import { ApiEventRecorder } from '#reconcile/api-event-recorder'
import { Background } from './background.ts'
import { buildProfile, type PluginSources } from './build-profile.ts'
import { feedCluster } from './cache/cluster-feed.ts'
import { PlacedPods } from './cache/placed-pods.ts'
import { Cluster } from './framework/cluster.ts'
import { gatedBy } from './framework/profile.ts'
import { PodWriter } from './pod-writer.ts'
import { defaultProfile, type ProfileConfig } from './profile-config.ts'
import type { BackoffTimes, QueuePlace } from './queue/queued-pod.ts'
import { SchedulingQueue } from './queue/scheduling-queue.ts'
import { WakeRules } from './queue/wake-rules.ts'
import { SchedulingCycle } from './scheduling-cycle.ts'
import { noMetrics, type SchedulingMetrics } from './scheduling-metrics.ts'
import { bindVolumes } from './volume-writer.ts'
import { workloadSelector } from './workload-selector.ts'

export type SchedulerDeps = Env & {
  readonly client: Client
  /** Shared with whoever else is in the process; the scheduler does not end them. */
  readonly informers: Informers
  readonly metrics?: SchedulingMetrics
}

export type SchedulerOptions = {
  /** One for each scheduler name that pods may ask for; pods with other names are left alone. */
  readonly profiles?: readonly ProfileConfig[]
  readonly backoff?: BackoffTimes
  readonly unschedulableMsMax?: number
}

export type Scheduler = {
  /** Schedules until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>
  /** How many pods are where; empty before `run`. */
  queueCounts(): Partial<Readonly<Record<QueuePlace, number>>>
}

/** As many requests at once as do not crowd out others on the connection. */
const inFlightMax = 128
/** Pods that wait for volumes cost nothing but memory. */
const waitingMax = 5000
/** How long decisions may go on before the process looks at anything else. */
const turnMsMax = 5

export function createScheduler(deps: SchedulerDeps, options: SchedulerOptions = {}): Scheduler {
  let queue: SchedulingQueue | undefined
  return {
    queueCounts: () => queue?.counts() ?? {},
    async run(signal) {
      const sources = await openSources(deps, signal)
      const parts = assemble(deps, options, sources)
      queue = parts.queue
      using _queue = parts.queue
      using _feed = feedCluster(parts, sources)
      const telling = parts.recorders.map((recorder) => recorder.run(signal))
      await scheduleUntilAborted(parts, signal)
      await parts.waiting.settled()
      await parts.background.settled()
      await Promise.all(telling)
    },
  }
}

type Sources = Awaited<ReturnType<typeof openSources>>

/** The caches that the scheduler reads, filled. */
async function openSources({ informers }: SchedulerDeps, signal: AbortSignal) {
  const sources = {
    nodes: informers.of(Node),
    pods: informers.of(Pod),
    namespaces: informers.of(Namespace),
    services: informers.of(Service),
    replicaSets: informers.of(ReplicaSet),
    budgets: informers.of(PodDisruptionBudget),
    claims: informers.of(PersistentVolumeClaim),
    volumes: informers.of(PersistentVolume),
    storageClasses: informers.of(StorageClass),
  }
  await Promise.all(Object.values(sources).map((source) => source.synced(signal)))
  return sources
}

type Parts = ReturnType<typeof assemble>

function assemble(deps: SchedulerDeps, options: SchedulerOptions, sources: Sources) {
  const { namespaces } = sources
  const profiles = (options.profiles ?? [defaultProfile]).map((profile) => buildProfile(profile, pluginSources(deps, sources)))
  const active = new Map(
    profiles.map((profile) => [
      profile.schedulerName,
      { profile, events: new ApiEventRecorder(deps, { component: profile.schedulerName }) },
    ]),
  )
  const cluster = new Cluster((name) => namespaces.get(name)?.metadata.labels)
  const queue = new SchedulingQueue({
    clock: deps.clock,
    wakes: new WakeRules(profiles.flatMap(({ filters, gates }) => [...filters, ...gates])),
    gatedBy: (pod) => {
      const own = active.get(pod.pod.spec?.schedulerName ?? '')
      return own === undefined ? undefined : gatedBy(own.profile, pod)
    },
    backoff: options.backoff,
    unschedulableMsMax: options.unschedulableMsMax,
  })
  const shared = {
    cluster,
    queue,
    placed: new PlacedPods(cluster),
    background: new Background(inFlightMax),
    waiting: new Background(waitingMax),
  }
  const cycle = new SchedulingCycle({
    ...deps,
    ...shared,
    metrics: deps.metrics ?? noMetrics,
    profiles: active,
    writer: new PodWriter(deps),
    budgets: (namespace) => sources.budgets.list(namespace),
  })
  const isOurs = (pod: Pod) => active.has(pod.spec?.schedulerName ?? '')
  return { ...shared, clock: deps.clock, cycle, isOurs, recorders: [...active.values()].map(({ events }) => events) }
}

function pluginSources(deps: SchedulerDeps, sources: Sources): PluginSources {
  const { claims, volumes, storageClasses } = sources
  return {
    workloadSelector: (pod) => workloadSelector(sources, pod),
    volumes: {
      claim: (namespace, name) => claims.get(`${namespace}/${name}`),
      volume: (name) => volumes.get(name),
      volumes: () => volumes.list(),
      storageClass: (name) => storageClasses.get(name),
    },
    bindVolumes: (plan, timeoutMs, signal) => bindVolumes(plan, { ...deps, claims }, timeoutMs, signal),
  }
}

/** Decisions follow one another without a pause, except to let answers and events in. */
async function scheduleUntilAborted({ queue, background, cycle, clock }: Parts, signal: AbortSignal): Promise<void> {
  let turnEndMs = 0
  while (!signal.aborted) {
    await queue.ready(signal)
    if (background.isFull) await background.room()
    if (clock.monotonicMs() >= turnEndMs) {
      await letOthersRun()
      turnEndMs = clock.monotonicMs() + turnMsMax
    }
    const queued = signal.aborted ? undefined : queue.take()
    if (queued !== undefined) cycle.schedule(queued, signal)
  }
}
