/**
 * One pod after the other: decide, assume, and let the binding go on in the background. Deciding never waits, so every
 * decision sees all decisions before it.
 */
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { hasReason } from '#meta/status'
import type { EventRecorder } from '#reconcile/event-recorder'
import type { Background } from './background.ts'
import type { PlacedPods } from './cache/placed-pods.ts'
import type { Cluster } from './framework/cluster.ts'
import { decide, type SearchStart } from './framework/decide.ts'
import { type Diagnosis, diagnosisMessage } from './framework/diagnosis.ts'
import type { PodFacts } from './framework/pod-facts.ts'
import type { Profile } from './framework/profile.ts'
import type { PodWriter, SchedulingStatus } from './pod-writer.ts'
import { evictVictims } from './preemption/evict-victims.ts'
import { type Preemption, preempt } from './preemption/preempt.ts'
import type { Candidate, VictimsDeps } from './preemption/victims.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import type { SchedulingQueue } from './queue/scheduling-queue.ts'
import type { SchedulingMetrics } from './scheduling-metrics.ts'

/** A profile with what belongs to it: events are told in its name. */
export type ActiveProfile = { readonly profile: Profile; readonly events: EventRecorder }

export type CycleDeps = Env & {
  readonly cluster: Cluster
  readonly placed: PlacedPods
  readonly queue: SchedulingQueue
  readonly writer: PodWriter
  /** Requests on their way; no decisions are made while it is full. */
  readonly background: Background
  /** Pods that wait for their volumes before they are bound. */
  readonly waiting: Background
  readonly metrics: SchedulingMetrics
  readonly profiles: ReadonlyMap<string, ActiveProfile>
  readonly client: Client
  /** The PodDisruptionBudgets of a namespace. */
  readonly budgets: VictimsDeps['budgets']
}

// As upstream: what an event's note may hold.
const noteLengthMax = 1024

export class SchedulingCycle {
  readonly #deps: CycleDeps
  readonly #start: SearchStart = { offset: 0 }

  constructor(deps: CycleDeps) {
    this.#deps = deps
  }

  /** Decides about one pod that was taken from the queue. */
  schedule(queued: QueuedPod, signal: AbortSignal): void {
    const { clock, cluster, random, profiles, queue, metrics } = this.#deps
    const active = profiles.get(queued.pod.pod.spec?.schedulerName ?? '')
    if (active === undefined) return queue.done(queued)
    const startedMs = clock.monotonicMs()
    const decision = decide(active.profile, queued.pod, { cluster, random, start: this.#start })
    const isPlaced = decision.outcome === 'node'
    if (decision.outcome === 'node') this.#bindTo(decision.slot, queued, active, signal)
    else this.#turnAway(decision.diagnosis, queued, active, signal)
    metrics.attempted(active.profile.schedulerName, isPlaced ? 'scheduled' : 'unschedulable', clock.monotonicMs() - startedMs)
  }

  #bindTo(slot: number, queued: QueuedPod, active: ActiveProfile, signal: AbortSignal): void {
    const { placed, cluster, background, waiting } = this.#deps
    const { name } = cluster.nodes.at(slot)
    const refused = active.profile.reserves
      .map((plugin) => plugin.reserve(queued.pod, slot, cluster))
      .find(({ outcome }) => outcome !== 'pass')
    placed.assume(queued.pod, name)
    cluster.nominations.withdraw(queued.pod.uid)
    if (refused !== undefined)
      return this.#giveUp(new Error('reasons' in refused ? refused.reasons.join(', ') : ''), queued, active, signal)
    if (!active.profile.reserves.some((plugin) => plugin.mustWait(queued.pod)))
      background.start(() => this.#bind(name, queued, active, signal))
    else if (!waiting.isFull) waiting.start(() => this.#bind(name, queued, active, signal))
    else this.#giveUp(new Error('too many pods are waiting for their volumes'), queued, active, signal)
  }

  async #bind(nodeName: string, queued: QueuedPod, active: ActiveProfile, signal: AbortSignal): Promise<void> {
    const { writer, queue, metrics, clock } = this.#deps
    const { pod } = queued
    try {
      for (const plugin of active.profile.reserves) await plugin.preBind(pod, signal)
      await writer.bind(pod, nodeName, signal)
    } catch (error) {
      return this.#giveUp(error, queued, active, signal)
    }
    for (const plugin of active.profile.reserves) plugin.release(pod)
    queue.done(queued)
    active.events.event(pod.pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.key} to ${nodeName}`, { action: 'Binding' })
    metrics.bound(queued.attemptCount, clock.monotonicMs() - queued.firstSeenMs)
  }

  /** The binding did not work out: what was assumed is free again, and the pod has another try. */
  #giveUp(error: unknown, queued: QueuedPod, active: ActiveProfile, signal: AbortSignal): void {
    const { placed, queue, log, metrics } = this.#deps
    const { pod } = queued
    for (const plugin of active.profile.reserves) plugin.release(pod)
    const isFreed = placed.forget(pod.uid)
    if (isFreed) queue.happened({ kind: 'assigned-pod-deleted', pod })
    // A pod that is gone needs no word; one that somebody else bound is on its way here.
    if (signal.aborted || !isFreed || hasReason(error, 'NotFound')) return queue.done(queued)
    log.warn('a pod was not bound', { pod: pod.key, error })
    metrics.attempted(active.profile.schedulerName, 'error', 0)
    const message = `running Bind plugin "DefaultBinder": ${error instanceof Error ? error.message : String(error)}`
    queue.retry(queued)
    this.#tell(pod, active, { reason: 'SchedulerError', message }, signal)
  }

  #turnAway(diagnosis: Diagnosis, queued: QueuedPod, active: ActiveProfile, signal: AbortSignal): void {
    const { queue } = this.#deps
    const preemption = this.#preempt(diagnosis, queued.pod, active)
    const message = diagnosisMessage(diagnosis, preemption?.outcome === 'none' ? preemption.message : '')
    queue.park(queued, diagnosis.rejectedBy)
    if (preemption?.outcome === 'node') this.#makeRoom(preemption.candidate, queued.pod, active, signal)
    this.#tell(
      queued.pod,
      active,
      { reason: 'Unschedulable', message, nominatedNodeName: this.#nomination(preemption, queued.pod) },
      signal,
    )
  }

  #preempt(diagnosis: Diagnosis, pod: PodFacts, { profile }: ActiveProfile): Preemption | undefined {
    const { cluster, random, budgets } = this.#deps
    if (profile.preemption === undefined || diagnosis.nodeCount === 0) return undefined
    return preempt(pod, diagnosis, { cluster, random, budgets, profile, limits: profile.preemption })
  }

  /** The room is promised at once; others that were promised room there, but matter less, have to look again. */
  #makeRoom(candidate: Candidate, pod: PodFacts, { profile, events }: ActiveProfile, signal: AbortSignal): void {
    const { cluster, background, metrics, queue } = this.#deps
    for (const other of cluster.nominations.on(candidate.nodeName)) {
      if (other.priority >= pod.priority || other.uid === pod.uid) continue
      cluster.nominations.withdraw(other.uid)
      queue.put(other, true)
    }
    cluster.nominations.nominate(pod, candidate.nodeName)
    metrics.preempted(candidate.victims.length)
    background.start(() => evictVictims(candidate, pod, { ...this.#deps, events, schedulerName: profile.schedulerName }, signal))
  }

  /** What the pod's status should name; undefined leaves it as it is. */
  #nomination(preemption: Preemption | undefined, { uid }: PodFacts): string | undefined {
    if (preemption?.outcome === 'node') return preemption.candidate.nodeName
    if (preemption?.forgetsNomination === false) return undefined
    this.#deps.cluster.nominations.withdraw(uid)
    return ''
  }

  #tell(pod: PodFacts, { events }: ActiveProfile, status: SchedulingStatus, signal: AbortSignal): void {
    const { background, writer, log } = this.#deps
    events.event(pod.pod, 'Warning', 'FailedScheduling', shortened(status.message), { action: 'Scheduling' })
    background.start(async () => {
      try {
        await writer.report(pod, status, signal)
      } catch (error) {
        if (!signal.aborted && !hasReason(error, 'NotFound')) log.warn("a pod's status was not written", { pod: pod.key, error })
      }
    })
  }
}

function shortened(message: string): string {
  const suffix = ' ...'
  return message.length <= noteLengthMax ? message : message.slice(0, noteLengthMax - suffix.length) + suffix
}
