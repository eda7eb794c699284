/**
 * One worker per pod: looks at what runs, asks the plan, carries it out, writes the status, looks again. A pod is
 * never worked on twice at once, and is looked at again whenever its object, a container or a probe changes.
 */
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { Pod } from '#kinds/core/pod/pod.kind'
import { hasReason } from '#meta/status'
import type { EventRecorder } from '#reconcile/event-recorder'
import type { Probes } from '../probes/probes.ts'
import { specHashOf } from '../runtime/container-config.ts'
import type { PodRuntime } from '../runtime/pod-runtime.ts'
import { type ContainerRecord, noRecord, type PodRecord } from '../runtime/records.ts'
import { kubeletConditions } from '../status/conditions.ts'
import type { WaitingReason } from '../status/container-status.ts'
import { isFinal, podStatusOf } from '../status/pod-status.ts'
import type { StatusWriter } from '../status/status-writer.ts'
import { type Action, isOverForGood, planPod } from './plan.ts'
import type { PodAdmission } from './pod-admission.ts'
import type { PodResizer } from './pod-resizer.ts'
import { messageOf, type PodStarter } from './pod-starter.ts'
import type { PodTerminator } from './pod-terminator.ts'
import { CrashCounter, restartDelayMs } from './restart-backoff.ts'
import { StartError } from './start-error.ts'

export type PodWorkersDeps = Env & {
  readonly client: Client
  readonly events: EventRecorder
  readonly runtime: PodRuntime
  readonly starter: PodStarter
  readonly terminator: PodTerminator
  readonly probes: Probes
  readonly statuses: StatusWriter
  readonly admission: PodAdmission
  readonly resizer: PodResizer
  readonly hostIps: () => readonly string[]
}

/** The pause after a step that failed, unless something changes before. */
const retryAfterMs = 10_000
const shortRetryAfterMs = 1000

type Worker = {
  readonly uid: string
  readonly name: string
  readonly namespace: string
  /** As the API server has it; undefined once it is gone there. */
  pod: Pod | undefined
  graceSeconds: number
  record: PodRecord
  readonly waiting: Map<string, WaitingReason>
  failure: WaitingReason | undefined
  isAdmitted: boolean
  /** Made just now: its containers start next, and the status tells of both at once. */
  hasNewSandbox: boolean
  /** The grace with which it is being stopped now; a shorter one starts anew. */
  stoppingWithSeconds: number | undefined
  isBusy: boolean
  isDirty: boolean
  /** Aborts a start that takes long when the pod has to go. */
  abort: AbortController
  timer: Disposable | undefined
}

export class PodWorkers {
  readonly #deps: PodWorkersDeps
  readonly #workers = new Map<string, Worker>()
  readonly #crashes = new CrashCounter()
  #isStopped = false

  constructor(deps: PodWorkersDeps) {
    this.#deps = deps
  }

  /** The API server has this pod on this node. */
  update(pod: Pod): void {
    const { uid = '', name = '', namespace = '' } = pod.metadata
    const worker = this.#worker(uid, name, namespace)
    worker.pod = pod
    if (mustStop(worker)) worker.abort.abort()
    this.wake(uid)
  }

  /** The API server no longer has it: what is left of it here goes. */
  gone(pod: Pod): void {
    const worker = this.#workers.get(pod.metadata.uid ?? '')
    if (worker === undefined) return
    worker.graceSeconds = Math.min(
      pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30,
      worker.graceSeconds,
    )
    worker.pod = undefined
    worker.abort.abort()
    this.wake(worker.uid)
  }

  /** A pod that the runtime has and the API server has not: ends it. */
  orphan(uid: string, name: string, namespace: string, graceSeconds: number): void {
    if (this.#workers.has(uid)) return
    this.#worker(uid, name, namespace).graceSeconds = graceSeconds
    this.wake(uid)
  }

  /** Ends a pod for good without its owner's wish: evictions and deadlines. */
  fail(uid: string, failure: WaitingReason, graceSeconds: number): void {
    const worker = this.#workers.get(uid)
    if (worker === undefined || worker.failure !== undefined) return
    worker.failure = failure
    worker.graceSeconds = graceSeconds
    worker.abort.abort()
    this.wake(uid)
  }

  /** Something about the pod may have changed. */
  wake(uid: string): void {
    const worker = this.#workers.get(uid)
    if (worker === undefined || this.#isStopped) return
    worker.isDirty = true
    if (!worker.isBusy || isStopUrgent(worker)) void this.#work(worker)
  }

  uids(): readonly string[] {
    return [...this.#workers.keys()]
  }

  recordOf(uid: string): PodRecord | undefined {
    return this.#workers.get(uid)?.record
  }

  /** Lets go of every pod; containers go on running. */
  stop(): void {
    this.#isStopped = true
    for (const worker of this.#workers.values()) {
      worker.timer?.[Symbol.dispose]()
      worker.abort.abort()
    }
  }

  #worker(uid: string, name: string, namespace: string): Worker {
    const known = this.#workers.get(uid)
    if (known !== undefined) return known
    const worker: Worker = {
      uid,
      name,
      namespace,
      pod: undefined,
      graceSeconds: Number.POSITIVE_INFINITY,
      record: noRecord(uid, name, namespace),
      waiting: new Map(),
      failure: undefined,
      isAdmitted: false,
      hasNewSandbox: false,
      stoppingWithSeconds: undefined,
      isBusy: false,
      isDirty: false,
      abort: new AbortController(),
      timer: undefined,
    }
    this.#workers.set(uid, worker)
    return worker
  }

  async #work(worker: Worker): Promise<void> {
    worker.isBusy = true
    while (worker.isDirty && !this.#isStopped) {
      worker.isDirty = false
      worker.timer?.[Symbol.dispose]()
      try {
        await this.#sync(worker)
      } catch (error) {
        if (this.#isStopped) return
        this.#deps.log.warn('pod sync failed, will try again', { pod: worker.name, namespace: worker.namespace, error })
        this.#wakeAfter(worker, shortRetryAfterMs)
      }
    }
    worker.isBusy = false
  }

  #wakeAfter(worker: Worker, delayMs: number): void {
    worker.timer?.[Symbol.dispose]()
    worker.timer = this.#deps.clock.setTimer(delayMs, () => this.wake(worker.uid))
  }

  async #sync(worker: Worker): Promise<void> {
    worker.record = await this.#deps.runtime.observe(worker.uid, worker.name, worker.namespace)
    if (worker.pod === undefined) return this.#removeOrphan(worker)
    if (mustStop(worker)) return this.#stopPod(worker, worker.pod)
    return this.#runPod(worker, worker.pod)
  }

  async #runPod(worker: Worker, pod: Pod): Promise<void> {
    if (!worker.isAdmitted && !this.#admit(worker, pod)) return
    const deadlineMs = deadlineOf(pod, this.#deps.statuses.latest(worker.uid)?.startTime)
    const nowMs = this.#deps.clock.nowMs()
    if (deadlineMs !== undefined && deadlineMs <= nowMs) {
      const failure = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' }
      return this.fail(worker.uid, failure, pod.spec?.terminationGracePeriodSeconds ?? 30)
    }
    const granted = this.#deps.resizer.grant(pod, worker.record)
    this.#deps.probes.sync(granted, worker.record)
    const actions = this.#plan(worker, granted)
    this.#noteBackOffs(worker, actions)
    const isHalfway = worker.hasNewSandbox && actions.some(({ type }) => type === 'start')
    worker.hasNewSandbox = false
    if (!isHalfway) this.#publish(worker, granted, false)
    await this.#deps.resizer.actuate(granted, worker.record)
    if (!isHalfway) this.#publish(worker, granted, false)
    const steps = actions.filter((action) => action.type !== 'back-off')
    for (const action of steps) if (!(await this.#carryOut(worker, granted, action))) break
    await this.#removeOldContainers(worker.record)
    if (steps.length > 0) worker.isDirty ||= worker.waiting.size === 0 || steps.some((action) => action.type !== 'start')
    this.#scheduleNext(worker, actions, deadlineMs)
    if (isOverForGood(pod, worker.record)) worker.isDirty ||= mustStop(worker)
  }

  #admit(worker: Worker, pod: Pod): boolean {
    const isKnown = worker.record.containers.length > 0
    const refusal = isKnown ? undefined : this.#deps.admission.refusalOf(pod)
    worker.isAdmitted = refusal === undefined
    if (refusal === undefined) return true
    worker.failure = refusal
    this.#deps.events.event(pod, 'Warning', refusal.reason, refusal.message)
    this.#publish(worker, pod, true)
    return false
  }

  #plan(worker: Worker, pod: Pod): readonly Action[] {
    return planPod(pod, worker.record, {
      nowMs: this.#deps.clock.nowMs(),
      specHash: specHashOf,
      probes: (container) => this.#deps.probes.verdicts(worker.uid, container),
      restartDelayMs: (ended: ContainerRecord) => restartDelayMs(this.#crashes.countOf(worker.uid, ended)),
    })
  }

  #noteBackOffs(worker: Worker, actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.type !== 'back-off') continue
      const { container, delayMs } = action
      const where = `pod=${worker.name}_${worker.namespace}(${worker.uid})`
      const message = `back-off ${goDuration(delayMs)} restarting failed container=${container.name} ${where}`
      if (worker.waiting.get(container.name)?.reason !== 'CrashLoopBackOff' && worker.pod !== undefined) {
        this.#deps.events.event(
          worker.pod,
          'Warning',
          'BackOff',
          `Back-off restarting failed container ${container.name} in pod ${worker.name}_${worker.namespace}(${worker.uid})`,
          {
            fieldPath: `spec.containers{${container.name}}`,
          },
        )
      }
      worker.waiting.set(container.name, { reason: 'CrashLoopBackOff', message })
    }
  }

  /** False when the rest of the plan has to wait for another look. */
  async #carryOut(worker: Worker, pod: Pod, action: Exclude<Action, { readonly type: 'back-off' }>): Promise<boolean> {
    const { starter, terminator } = this.#deps
    worker.abort = new AbortController()
    try {
      switch (action.type) {
        case 'stop-sandbox':
          await terminator.stopAll(pod, worker.record, pod.spec?.terminationGracePeriodSeconds ?? 30)
          break
        case 'create-sandbox':
          await starter.createSandbox(pod, action.attempt, worker.abort.signal)
          worker.hasNewSandbox = true
          break
        case 'kill':
          await terminator.stopContainer(pod, action.record, graceOf(pod, action), action.message)
          break
        case 'start': {
          const sandbox = worker.record.sandboxes[0]
          if (sandbox === undefined) return false
          await starter.startContainer(pod, action, worker.record, sandbox, worker.abort.signal)
          worker.waiting.delete(action.container.name)
          break
        }
      }
      return !mustStop(worker)
    } catch (error) {
      if (worker.abort.signal.aborted) return false
      this.#noteFailure(worker, pod, action, error)
      return action.type === 'start'
    }
  }

  #noteFailure(worker: Worker, pod: Pod, action: Action, error: unknown): void {
    const reason = error instanceof StartError ? error.reason : 'Failed'
    const message = messageOf(error)
    const isStart = action.type === 'start'
    if (isStart && reason !== 'FailedMount') worker.waiting.set(action.container.name, { reason, message })
    // Waiting for a volume is the ordinary way to begin.
    if (isStart && reason === 'FailedMount') worker.waiting.delete(action.container.name)
    const fieldPath = isStart ? { fieldPath: `spec.containers{${action.container.name}}` } : {}
    const [eventReason, text] = eventOf(reason, message)
    this.#deps.events.event(pod, reason === 'ImagePullBackOff' ? 'Normal' : 'Warning', eventReason, text, fieldPath)
    this.#publish(worker, pod, false)
    this.#wakeAfter(worker, reason === 'FailedMount' || !isStart ? shortRetryAfterMs : retryAfterMs)
  }

  #scheduleNext(worker: Worker, actions: readonly Action[], deadlineMs: number | undefined): void {
    const nowMs = this.#deps.clock.nowMs()
    const dueMs = actions.flatMap((action) => (action.type === 'back-off' ? [action.untilMs] : []))
    const isRetried = worker.waiting.size > dueMs.length || this.#deps.resizer.isDeferred(worker.uid)
    const retryMs = isRetried ? [nowMs + retryAfterMs] : []
    const next = Math.min(...dueMs, ...retryMs, deadlineMs ?? Number.POSITIVE_INFINITY)
    if (Number.isFinite(next) && !worker.isDirty) this.#wakeAfter(worker, Math.max(next - nowMs, 0))
  }

  /** Stops everything, reports the end, and lets the API server forget a pod that was deleted. */
  async #stopPod(worker: Worker, pod: Pod): Promise<void> {
    const { probes, terminator, statuses, client } = this.#deps
    const graceSeconds = graceToStop(worker, pod)
    probes.stopLiveness(worker.uid)
    worker.waiting.clear()
    this.#publish(worker, pod, false)
    if (hasLife(worker.record)) {
      worker.stoppingWithSeconds = graceSeconds
      await terminator.stopAll(pod, worker.record, graceSeconds)
      worker.record = await this.#deps.runtime.observe(worker.uid, worker.name, worker.namespace)
    }
    probes.forget(worker.uid)
    await terminator.release(worker.uid)
    const latest = worker.pod ?? pod
    this.#publish(worker, latest, true)
    await statuses.flush(worker.uid)
    if (latest.metadata.deletionTimestamp === undefined) return
    const { name = '', namespace, uid } = latest.metadata
    try {
      await client.delete(Pod, { name, namespace }, { gracePeriodSeconds: 0, uid })
    } catch (error) {
      if (!hasReason(error, 'NotFound', 'Conflict')) throw error
    }
  }

  async #removeOrphan(worker: Worker): Promise<void> {
    const { terminator, probes, statuses, resizer } = this.#deps
    probes.forget(worker.uid)
    resizer.forget(worker.uid)
    if (hasLife(worker.record)) {
      const graceSeconds = Number.isFinite(worker.graceSeconds) ? worker.graceSeconds : 30
      worker.stoppingWithSeconds = graceSeconds
      await terminator.stopAll(undefined, worker.record, graceSeconds)
      worker.record = await this.#deps.runtime.observe(worker.uid, worker.name, worker.namespace)
    }
    await terminator.remove(worker.record)
    statuses.forget(worker.uid)
    this.#crashes.forgetPod(worker.uid)
    this.#workers.delete(worker.uid)
  }

  #publish(worker: Worker, pod: Pod, isStopped: boolean): void {
    const { clock, probes, statuses, hostIps, resizer } = this.#deps
    const last = statuses.latest(worker.uid)
    const granted = resizer.asGranted(pod)
    const withLast = last === undefined ? granted : { ...granted, status: { ...last, conditions: mergedConditions(pod, last) } }
    const status = podStatusOf(withLast, worker.record, {
      nowMs: clock.nowMs(),
      hostIps: hostIps(),
      waiting: worker.waiting,
      probes: (container) => probes.verdicts(worker.uid, container),
      applied: (containerId) => resizer.appliedTo(worker.uid, containerId),
      resize: resizer.conditionsOf(worker.uid),
      isTerminating: mustStop(worker),
      isStopped: isStopped && (worker.failure !== undefined || mustStop(worker)),
      ...(worker.failure === undefined ? {} : { failure: worker.failure }),
    })
    statuses.set(pod, status)
  }

  /** Of each name the newest container and the one before it stay: for `logs --previous` and `lastState`. */
  async #removeOldContainers(record: PodRecord): Promise<void> {
    const seen = new Map<string, number>()
    for (const container of record.containers) {
      const count = (seen.get(container.name) ?? 0) + 1
      seen.set(container.name, count)
      if (count > 2 && container.state === 'exited') await this.#deps.runtime.removeContainer(container.id)
    }
  }
}

/** Conditions of others come from the API server, own ones from what was written last. */
function mergedConditions(pod: Pod, last: NonNullable<Pod['status']>): NonNullable<Pod['status']>['conditions'] {
  const own = last.conditions ?? []
  const foreign = (pod.status?.conditions ?? []).filter((condition) => !kubeletConditions.has(condition.type))
  return [...own.filter((condition) => kubeletConditions.has(condition.type)), ...foreign]
}

function mustStop(worker: Worker): boolean {
  const { pod, failure } = worker
  if (pod === undefined || failure !== undefined || pod.metadata.deletionTimestamp !== undefined) return true
  return isFinal(pod.status?.phase) || isOver(pod, worker.record)
}

/** All containers have ended for good: the pod has, too. */
function isOver(pod: Pod, record: PodRecord): boolean {
  if (record.containers.length === 0) return false
  return isOverForGood(pod, record)
}

function isStopUrgent(worker: Worker): boolean {
  const { pod, stoppingWithSeconds } = worker
  if (stoppingWithSeconds === undefined) return false
  const wanted = pod === undefined ? 0 : graceToStop(worker, pod)
  return wanted < stoppingWithSeconds
}

function graceToStop(worker: Worker, pod: Pod): number {
  const own = pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30
  return Math.min(worker.graceSeconds, own)
}

function hasLife(record: PodRecord): boolean {
  return record.sandboxes.some((sandbox) => sandbox.isReady) || record.containers.some((container) => container.state !== 'exited')
}

function deadlineOf(pod: Pod, startTime: string | undefined): number | undefined {
  const seconds = pod.spec?.activeDeadlineSeconds
  const start = startTime ?? pod.status?.startTime
  return seconds === undefined || start === undefined ? undefined : Date.parse(start) + seconds * 1000
}

/** A probe may shorten the grace of the container that failed it. */
function graceOf(pod: Pod, action: Action & { readonly type: 'kill' }): number {
  const probe =
    action.why === 'liveness' ? action.container.livenessProbe : action.why === 'startup' ? action.container.startupProbe : undefined
  return probe?.terminationGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30
}

function eventOf(reason: string, message: string): readonly [reason: string, message: string] {
  if (reason === 'ErrImagePull') return ['Failed', `Failed to pull image: ${message}`]
  if (reason === 'ImagePullBackOff') return ['BackOff', message]
  if (reason === 'FailedMount' || reason === 'FailedCreatePodSandBox') return [reason, message]
  return ['Failed', `Error: ${message}`]
}

/** 10 s as Go prints it: `10s`, `1m20s`. */
function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}
