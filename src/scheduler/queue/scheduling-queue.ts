/**
 * The pods that wait for a node. Active ones are taken by priority, then by time. A pod that fitted nowhere waits in the
 * unschedulable part until something happens that may help, and then out its back-off. Gated pods wait for their owner.
 *
 * Invariants: a pod is in exactly one place; one that was taken comes back by `park`, `retry` or `done`.
 */
import type { Clock } from '#base/env/clock'
import type { ClusterEvent } from '../framework/cluster-event.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { KeyedHeap } from './keyed-heap.ts'
import { type BackoffTimes, backoffEndMs, defaultBackoff, type QueuedPod, type QueuePlace } from './queued-pod.ts'
import { UnschedulablePods } from './unschedulable-pods.ts'
import type { WakeRules } from './wake-rules.ts'

export type QueueDeps = {
  readonly clock: Clock
  readonly wakes: WakeRules
  /** The plugin that holds the pod back altogether, if one does. */
  readonly gatedBy: (pod: PodFacts) => string | undefined
  readonly backoff?: BackoffTimes | undefined
  /** After this long a pod is tried again whatever happened. */
  readonly unschedulableMsMax?: number | undefined
}

const flushPeriodMs = 30_000
const unschedulableMsMaxDefault = 5 * 60_000

export class SchedulingQueue implements Disposable {
  readonly #deps: QueueDeps
  readonly #backoff: BackoffTimes
  readonly #all = new Map<string, QueuedPod>()
  readonly #active = new KeyedHeap<QueuedPod>(uidOf, isMoreUrgent)
  readonly #backingOff: KeyedHeap<QueuedPod>
  readonly #unschedulable = new UnschedulablePods()
  #backoffTimer: { readonly dueMs: number; readonly timer: Disposable } | undefined
  #flushTimer: Disposable
  #announce: () => void = () => {}

  constructor(deps: QueueDeps) {
    this.#deps = deps
    this.#backoff = deps.backoff ?? defaultBackoff
    this.#backingOff = new KeyedHeap(uidOf, (a, b) => backoffEndMs(a, this.#backoff) < backoffEndMs(b, this.#backoff))
    this.#flushTimer = this.#flushLater()
  }

  /** How many pods are in each place. */
  counts(): Readonly<Record<QueuePlace, number>> {
    const counts = { active: this.#active.size, backoff: this.#backingOff.size, unschedulable: 0, gated: 0, taken: 0 }
    for (const { place } of this.#all.values()) if (place !== 'active' && place !== 'backoff') counts[place]++
    return counts
  }

  /** A pod that waits for a node, new or changed. `isRelevant` says whether the change may make it fit. */
  put(pod: PodFacts, isRelevant: boolean): void {
    const queued = this.#all.get(pod.uid)
    if (queued === undefined) return this.#add(pod)
    queued.pod = pod
    if (queued.place === 'gated' && this.#deps.gatedBy(pod) === undefined) this.#move(queued, 'active')
    else if (queued.place === 'unschedulable' && isRelevant) this.#release(queued)
    // Its priority may have changed.
    else if (queued.place === 'active') this.#active.push(queued)
  }

  /** The pod is gone, or has a node. */
  delete(uid: string): void {
    const queued = this.#all.get(uid)
    if (queued === undefined) return
    this.#leave(queued)
    this.#all.delete(uid)
  }

  has(uid: string): boolean {
    return this.#all.has(uid)
  }

  /** The most urgent pod. While nothing is active, pods that only wait out a back-off after not fitting go ahead. */
  take(): QueuedPod | undefined {
    const queued = this.#active.peek() ?? this.#eagerBackoff()
    if (queued === undefined) return undefined
    this.#move(queued, 'taken')
    queued.attemptCount++
    return queued
  }

  /** Resolves when a pod can be taken, or the signal is aborted. */
  ready(signal: AbortSignal): Promise<void> {
    if (this.#active.peek() !== undefined || this.#eagerBackoff() !== undefined || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        signal.removeEventListener('abort', end)
        resolve()
      }
      this.#announce = end
      signal.addEventListener('abort', end, { once: true })
    })
  }

  /** The pod fits nowhere for now. */
  park(queued: QueuedPod, rejectedBy: ReadonlySet<string>): void {
    queued.rejectedBy = rejectedBy
    queued.unschedulableCount++
    queued.errorCount = 0
    this.#back(queued, 'unschedulable')
  }

  /** Something went wrong that has nothing to do with fitting. */
  retry(queued: QueuedPod): void {
    queued.errorCount++
    this.#back(queued, 'backoff')
  }

  /** The pod has its node. */
  done(queued: QueuedPod): void {
    if (this.#all.get(queued.pod.uid) === queued) this.#all.delete(queued.pod.uid)
  }

  /** Brings the pods back that the event may help. */
  happened(event: ClusterEvent): void {
    if (this.#unschedulable.size === 0) return
    for (const queued of this.#unschedulable.wokenBy(this.#deps.wakes.of(event))) this.#release(queued)
  }

  [Symbol.dispose](): void {
    this.#flushTimer[Symbol.dispose]()
    this.#backoffTimer?.timer[Symbol.dispose]()
  }

  #add(pod: PodFacts): void {
    const nowMs = this.#deps.clock.monotonicMs()
    const queued: QueuedPod = {
      pod,
      place: 'gated',
      queuedMs: nowMs,
      firstSeenMs: nowMs,
      attemptCount: 0,
      unschedulableCount: 0,
      errorCount: 0,
      rejectedBy: new Set(),
    }
    this.#all.set(pod.uid, queued)
    if (this.#deps.gatedBy(pod) === undefined) this.#move(queued, 'active')
  }

  #back(queued: QueuedPod, place: 'unschedulable' | 'backoff'): void {
    // It was deleted, or got a node, while it was out.
    if (this.#all.get(queued.pod.uid) !== queued) return
    queued.queuedMs = this.#deps.clock.monotonicMs()
    this.#move(queued, this.#deps.gatedBy(queued.pod) === undefined ? place : 'gated')
  }

  #release(queued: QueuedPod): void {
    const isDue = backoffEndMs(queued, this.#backoff) <= this.#deps.clock.monotonicMs()
    this.#move(queued, isDue ? 'active' : 'backoff')
  }

  #move(queued: QueuedPod, place: QueuePlace): void {
    this.#leave(queued)
    queued.place = place
    if (place === 'active') this.#active.push(queued)
    if (place === 'unschedulable') this.#unschedulable.add(queued)
    if (place === 'backoff') {
      this.#backingOff.push(queued)
      this.#armBackoff()
    }
    if (place === 'active' || place === 'backoff') this.#announce()
  }

  #leave(queued: QueuedPod): void {
    if (queued.place === 'active') this.#active.delete(queued.pod.uid)
    if (queued.place === 'backoff') this.#backingOff.delete(queued.pod.uid)
    if (queued.place === 'unschedulable') this.#unschedulable.delete(queued)
  }

  /** As upstream (SchedulerPopFromBackoffQ): waiting out a back-off while nobody else wants a node helps nobody. Errors do wait. */
  #eagerBackoff(): QueuedPod | undefined {
    const next = this.#backingOff.peek()
    return next?.errorCount === 0 ? next : undefined
  }

  #armBackoff(): void {
    const next = this.#backingOff.peek()
    if (next === undefined) return
    const dueMs = backoffEndMs(next, this.#backoff)
    if (this.#backoffTimer !== undefined && this.#backoffTimer.dueMs <= dueMs) return
    this.#backoffTimer?.timer[Symbol.dispose]()
    const timer = this.#deps.clock.setTimer(dueMs - this.#deps.clock.monotonicMs(), () => this.#endBackoffs())
    this.#backoffTimer = { dueMs, timer }
  }

  #endBackoffs(): void {
    this.#backoffTimer = undefined
    const nowMs = this.#deps.clock.monotonicMs()
    for (let next = this.#backingOff.peek(); next !== undefined; next = this.#backingOff.peek()) {
      if (backoffEndMs(next, this.#backoff) > nowMs) break
      this.#move(next, 'active')
    }
    this.#armBackoff()
  }

  #flushLater(): Disposable {
    return this.#deps.clock.setTimer(flushPeriodMs, () => {
      const sinceMs = this.#deps.clock.monotonicMs() - (this.#deps.unschedulableMsMax ?? unschedulableMsMaxDefault)
      for (const queued of this.#unschedulable.parkedBefore(sinceMs)) this.#release(queued)
      this.#flushTimer = this.#flushLater()
    })
  }
}

function uidOf({ pod }: QueuedPod): string {
  return pod.uid
}

function isMoreUrgent(a: QueuedPod, b: QueuedPod): boolean {
  return a.pod.priority === b.pod.priority ? a.queuedMs < b.queuedMs : a.pod.priority > b.pod.priority
}
