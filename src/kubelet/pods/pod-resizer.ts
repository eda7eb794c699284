/**
 * Resizes pods in place: grants what the node has room for, brings it to cgroups and runtime, and says how far it is.
 * Called by a pod's worker only, so never twice at once for a pod.
 */
import type { Container, Pod, ResourceRequirements } from '#kinds/core/types.gen'
import type { EventRecorder } from '#reconcile/event-recorder'
import type { PodCgroups } from '../cgroups/pod-cgroups.ts'
import { amountOf, linuxResourcesOf } from '../runtime/container-resources.ts'
import type { PodRuntime } from '../runtime/pod-runtime.ts'
import { type ContainerRecord, newestOf, type PodRecord } from '../runtime/records.ts'
import type { ResizeCondition } from '../status/conditions.ts'
import type { WaitingReason } from '../status/container-status.ts'
import { messageOf } from './pod-starter.ts'
import type { PodTerminator } from './pod-terminator.ts'
import { changeOf, type Granted, grantedBefore, isGranted, largestOf, requestedBy, resizable, withGranted } from './resize-plan.ts'

export type PodResizerDeps = {
  readonly runtime: PodRuntime
  readonly cgroups: PodCgroups
  readonly terminator: PodTerminator
  readonly events: EventRecorder
  /** Why a running pod cannot have what it asks for, with reason `Deferred` or `Infeasible`. */
  readonly objectionTo: (pod: Pod) => WaitingReason | undefined
  readonly machineMemoryBytes: number
}

type State = {
  granted: Granted
  /** What containers were made with or were last updated to, by id. */
  readonly applied: Map<string, ResourceRequirements>
  pending: WaitingReason | undefined
  error: string | undefined
  isInProgress: boolean
}

export class PodResizer {
  readonly #deps: PodResizerDeps
  readonly #states = new Map<string, State>()

  constructor(deps: PodResizerDeps) {
    this.#deps = deps
  }

  /** Grants what the pod asks for, if there is room; returns the pod with what it has been granted. */
  grant(pod: Pod, record: PodRecord): Pod {
    const uid = pod.metadata.uid ?? ''
    const state = this.#states.get(uid) ?? newState(record.containers.length === 0 ? requestedBy(pod) : grantedBefore(pod))
    this.#states.set(uid, state)
    noteApplied(state, record)
    if (isGranted(pod, state.granted)) state.pending = undefined
    else this.#consider(pod, state)
    const granted = withGranted(pod, state.granted)
    state.isInProgress = changesOf(granted, record, state).length > 0
    return granted
  }

  /** Brings the containers to what they have been granted. Throws when that fails; the conditions say so, too. */
  async actuate(granted: Pod, record: PodRecord): Promise<void> {
    const state = this.#states.get(granted.metadata.uid ?? '')
    const changes = state === undefined ? [] : changesOf(granted, record, state)
    if (state === undefined || changes.length === 0) return
    try {
      await this.#deps.cgroups.ensure(largestOf(granted, appliedByName(granted, record, state), amountOf))
      for (const change of changes) await this.#change(granted, change, state)
      await this.#deps.cgroups.ensure(granted)
    } catch (error) {
      if (state.error === undefined) this.#tell(granted, 'Warning', 'ResizeError', 'Pod resize error', { error: messageOf(error) })
      state.error = messageOf(error)
      throw error
    }
    state.error = undefined
    state.isInProgress = false
    this.#tell(granted, 'Normal', 'ResizeCompleted', 'Pod resize completed')
  }

  /** The pod with what it has been granted; as it is where nothing is known of it here. */
  asGranted(pod: Pod): Pod {
    const state = this.#states.get(pod.metadata.uid ?? '')
    return state === undefined ? pod : withGranted(pod, state.granted)
  }

  /** What a container has now; undefined before it is looked at. */
  appliedTo(podUid: string, containerId: string): ResourceRequirements | undefined {
    return this.#states.get(podUid)?.applied.get(containerId)
  }

  conditionsOf(podUid: string): readonly ResizeCondition[] {
    const { pending, isInProgress = false, error } = this.#states.get(podUid) ?? {}
    return [
      ...(pending === undefined ? [] : [{ type: 'PodResizePending' as const, ...pending }]),
      ...(isInProgress ? [{ type: 'PodResizeInProgress' as const, ...(error && { reason: 'Error', message: error }) }] : []),
    ]
  }

  /** Whether a later look may find room. */
  isDeferred(podUid: string): boolean {
    return this.#states.get(podUid)?.pending?.reason === 'Deferred'
  }

  forget(podUid: string): void {
    this.#states.delete(podUid)
  }

  #consider(pod: Pod, state: State): void {
    const objection = this.#deps.objectionTo(pod)
    if (objection === undefined) {
      state.granted = requestedBy(pod)
      this.#tell(pod, 'Normal', 'ResizeStarted', 'Pod resize started')
    } else if (objection.reason !== state.pending?.reason || objection.message !== state.pending.message) {
      this.#deps.events.event(pod, 'Warning', `Resize${objection.reason}`, objection.message)
    }
    state.pending = objection
  }

  async #change(pod: Pod, { container, record, isRestart }: Change, state: State): Promise<void> {
    const { runtime, terminator, machineMemoryBytes } = this.#deps
    if (isRestart) {
      const graceSeconds = pod.spec?.terminationGracePeriodSeconds ?? 30
      return await terminator.stopContainer(pod, record, graceSeconds, `Container ${container.name} resize requires restart`)
    }
    await runtime.updateResources(record.id, linuxResourcesOf(pod, container, machineMemoryBytes))
    state.applied.set(record.id, container.resources ?? {})
  }

  #tell(pod: Pod, type: 'Normal' | 'Warning', reason: string, text: string, more: object = {}): void {
    const containers = resizable(pod).map(({ name, resources }) => ({ name, resources }))
    const detail = { containers, generation: pod.metadata.generation, ...more }
    this.#deps.events.event(pod, type, reason, `${text}: ${JSON.stringify(detail)}`)
  }
}

type Change = { readonly container: Container; readonly record: ContainerRecord; readonly isRestart: boolean }

function newState(granted: Granted): State {
  return { granted, applied: new Map(), pending: undefined, error: undefined, isInProgress: false }
}

/** A container that is seen for the first time was made with what was granted until now. */
function noteApplied(state: State, record: PodRecord): void {
  for (const { id, name } of record.containers) {
    const resources = state.granted.get(name)
    if (resources !== undefined && !state.applied.has(id)) state.applied.set(id, resources)
  }
}

function changesOf(granted: Pod, record: PodRecord, state: State): readonly Change[] {
  return resizable(granted).flatMap((container) => {
    const running = newestOf(record, container.name)
    if (running?.state !== 'running') return []
    const change = changeOf(container, state.applied.get(running.id) ?? {})
    return change === 'none' ? [] : [{ container, record: running, isRestart: change === 'restart' }]
  })
}

function appliedByName(pod: Pod, record: PodRecord, state: State): Granted {
  return new Map(resizable(pod).map(({ name, resources = {} }) => [name, state.applied.get(newestOf(record, name)?.id ?? '') ?? resources]))
}
