/** Scales workloads by what is measured, every quarter of a minute. */
import { nowRfc3339 } from '#base/env/clock'
import { HorizontalPodAutoscaler } from '#kinds/autoscaling/horizontal-pod-autoscaler.kind'
import type { MetricStatus } from '#kinds/autoscaling/types.gen'
import type { Scale } from '#kinds/autoscaling/types.v1.gen'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import { groupVersionOf, type Kind, resourcePath } from '#meta/kind'
import { matches, parseSelector } from '#meta/labels'
import { keyOf, refOf } from '#meta/object'
import { type Controller, type ControllerDeps, done } from '#reconcile/controller'
import { messageOf } from '../owned-pods.ts'
import { ServedResources } from '../served-resources.ts'
import { type Condition, type Conditions, withConditions } from './conditions.ts'
import { measureAll } from './measure-all.ts'
import { MetricsClient } from './metrics-client.ts'
import type { Patience } from './pod-samples.ts'
import { limitReplicas, type Memory, nothingRemembered, remember } from './scaling-rules.ts'

export type AutoscalerOptions = {
  readonly syncPeriodMs: number
  readonly downscaleStabilizationMs: number
  readonly tolerance: number
  readonly patience: Patience
}

/** When an autoscaler is to be looked at next, and what was asked of it at the last look. */
type Turn = { readonly dueMs: number; readonly spec: HorizontalPodAutoscaler['spec'] }

export function horizontalPodAutoscaler(options: AutoscalerOptions): Controller<HorizontalPodAutoscaler> {
  const memories = new Map<string, Memory>()
  const turns = new Map<string, Turn>()
  let resources: ServedResources | undefined
  return {
    name: 'horizontal-pod-autoscaler',
    for: HorizontalPodAutoscaler,
    reads: [Pod],
    async wake(deps, _add, signal) {
      resources = new ServedResources(deps, { name: 'autoscaling', isWanted: () => false, take: () => {} })
      await resources.run(signal)
    },
    async reconcile(deps, scaler, signal) {
      const key = keyOf(refOf(scaler))
      const nowMs = deps.clock.nowMs()
      const turn = turns.get(key)
      // Its own status wakes it too: with metrics that never stand still it would look without end.
      if (turn !== undefined && nowMs < turn.dueMs && isSameValue(turn.spec, scaler.spec)) return { afterMs: turn.dueMs - nowMs }
      await resources?.followed(signal)
      const kindOf = (apiVersion: string, kind: string) => resources?.kindOf(groupVersionOf(apiVersion)[0], kind)
      await new Autoscaling(deps, options, memories, kindOf).run(scaler, signal)
      turns.set(key, { dueMs: nowMs + options.syncPeriodMs, spec: scaler.spec })
      return { afterMs: options.syncPeriodMs }
    },
    async forget(_deps, key) {
      memories.delete(key)
      turns.delete(key)
      return done
    },
  }
}

type KindOf = (apiVersion: string, kind: string) => Kind | undefined

/** What one look comes to: written into the status as a whole. */
type Outcome = {
  readonly currentReplicas?: number
  readonly desiredReplicas?: number
  readonly currentMetrics?: readonly MetricStatus[]
  readonly isRescaled?: boolean
  readonly conditions: Conditions
}

class Autoscaling {
  readonly #deps: ControllerDeps
  readonly #options: AutoscalerOptions
  readonly #memories: Map<string, Memory>
  readonly #kindOf: KindOf

  constructor(deps: ControllerDeps, options: AutoscalerOptions, memories: Map<string, Memory>, kindOf: KindOf) {
    this.#deps = deps
    this.#options = options
    this.#memories = memories
    this.#kindOf = kindOf
  }

  async run(scaler: HorizontalPodAutoscaler, signal: AbortSignal): Promise<void> {
    const outcome = await this.#look(scaler, signal)
    const { conditions, isRescaled, ...numbers } = outcome
    const text = nowRfc3339(this.#deps.clock)
    const status = {
      ...scaler.status,
      ...numbers,
      ...(isRescaled ? { lastScaleTime: text } : {}),
      observedGeneration: scaler.metadata.generation,
      conditions: withConditions(scaler.status.conditions, conditions, text),
    }
    if (!isSameValue(status, scaler.status)) await this.#deps.client.updateStatus(HorizontalPodAutoscaler, { ...scaler, status }, signal)
  }

  async #look(scaler: HorizontalPodAutoscaler, signal: AbortSignal): Promise<Outcome> {
    const { events } = this.#deps
    let target: { readonly path: string; readonly scale: Scale }
    try {
      target = await this.#scaleOf(scaler, signal)
    } catch (error) {
      events.event(scaler, 'Warning', 'FailedGetScale', messageOf(error))
      const message = `the HPA controller was unable to get the target's current scale: ${messageOf(error)}`
      return { conditions: { AbleToScale: { status: 'False', reason: 'FailedGetScale', message } } }
    }
    return await this.#decide(scaler, target, signal)
  }

  async #decide(
    scaler: HorizontalPodAutoscaler,
    target: { readonly path: string; readonly scale: Scale },
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { minReplicas = 1, maxReplicas } = scaler.spec
    const current = target.scale.spec.replicas ?? 0
    const able: Conditions = {
      AbleToScale: ableToScale('SucceededGetScale', "the HPA controller was able to get the target's current scale"),
    }
    if (current === 0 && minReplicas !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero'
      const conditions = { ...able, ScalingActive: { status: 'False', reason: 'ScalingDisabled', message } }
      return { currentReplicas: 0, desiredReplicas: 0, conditions }
    }
    if (current > maxReplicas)
      return await this.#rescale(
        scaler,
        target,
        maxReplicas,
        'Current number of replicas above Spec.MaxReplicas',
        { conditions: able },
        signal,
      )
    if (current < minReplicas)
      return await this.#rescale(
        scaler,
        target,
        minReplicas,
        'Current number of replicas below Spec.MinReplicas',
        { conditions: able },
        signal,
      )
    return await this.#decideByMetrics(scaler, target, able, signal)
  }

  async #decideByMetrics(
    scaler: HorizontalPodAutoscaler,
    target: { readonly path: string; readonly scale: Scale },
    able: Conditions,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { clock, events } = this.#deps
    const current = target.scale.spec.replicas ?? 0
    const measured = await measureAll(scaler, this.#situationOf(scaler, target.scale), signal)
    for (const { reason, message } of measured.told) events.event(scaler, 'Warning', reason, message)
    const { currentMetrics, condition: ScalingActive } = measured
    if (measured.replicas === undefined) {
      events.event(scaler, 'Warning', 'FailedComputeMetricsReplicas', measured.fault)
      return { currentReplicas: current, currentMetrics, conditions: { ...able, ScalingActive } }
    }
    const key = keyOf(refOf(scaler))
    const memory = this.#memories.get(key) ?? nothingRemembered
    const wish = { current, desired: measured.replicas }
    const { downscaleStabilizationMs } = this.#options
    const limited = limitReplicas(scaler, wish, memory, { nowMs: clock.nowMs(), downscaleStabilizationMs })
    this.#memories.set(key, remember(memory, wish, limited.replicas, clock.nowMs()))
    const conditions: Conditions = {
      AbleToScale: limited.stabilized === undefined ? readyForNewScale : { status: 'True', ...limited.stabilized },
      ScalingActive,
      ScalingLimited: { status: limited.isLimited ? 'True' : 'False', ...limited.limit },
    }
    const reason = wish.desired > current ? `${measured.name} above target` : 'All metrics below target'
    return await this.#rescale(scaler, target, limited.replicas, reason, { currentMetrics, conditions }, signal)
  }

  async #rescale(
    scaler: HorizontalPodAutoscaler,
    { path, scale }: { readonly path: string; readonly scale: Scale },
    replicas: number,
    reason: string,
    outcome: Outcome,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { client, events } = this.#deps
    const current = scale.spec.replicas ?? 0
    if (replicas === current) return { ...outcome, currentReplicas: current, desiredReplicas: current }
    try {
      const body = { ...scale, spec: { ...scale.spec, replicas } }
      await client.transport.request({ method: 'PUT', path, body }, signal)
    } catch (error) {
      events.event(scaler, 'Warning', 'FailedRescale', `New size: ${replicas}; reason: ${reason}; error: ${messageOf(error)}`)
      const message = `the HPA controller was unable to update the target scale: ${messageOf(error)}`
      const conditions = { ...outcome.conditions, AbleToScale: { status: 'False', reason: 'FailedUpdateScale', message } }
      return { ...outcome, currentReplicas: current, conditions }
    }
    events.event(scaler, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`)
    const message = `the HPA controller was able to update the target scale to ${replicas}`
    const conditions = { ...outcome.conditions, AbleToScale: ableToScale('SucceededRescale', message) }
    return { ...outcome, currentReplicas: current, desiredReplicas: replicas, isRescaled: true, conditions }
  }

  async #scaleOf({ metadata, spec }: HorizontalPodAutoscaler, signal: AbortSignal) {
    const { apiVersion = 'v1', kind: kindName, name } = spec.scaleTargetRef
    const kind = this.#kindOf(apiVersion, kindName)
    if (kind === undefined) throw new Error(`no matches for kind "${kindName}" in group "${groupVersionOf(apiVersion)[0]}"`)
    const path = resourcePath(kind, metadata.namespace, name, 'scale')
    const { body } = await this.#deps.client.transport.request({ method: 'GET', path }, signal)
    return { path, scale: body as Scale }
  }

  #situationOf(scaler: HorizontalPodAutoscaler, { spec, status }: Scale) {
    const { cache, client, clock } = this.#deps
    const { namespace = '' } = scaler.metadata
    const selector = status.selector ?? ''
    const wanted = selector === '' ? undefined : parseSelector(selector)
    const pods = cache(Pod).list(namespace)
    return {
      metrics: new MetricsClient(client, namespace),
      pods: wanted === undefined ? [] : pods.filter(({ metadata }) => matches(wanted, metadata.labels)),
      labelSelector: selector,
      currentReplicas: spec.replicas ?? 0,
      statusReplicas: status.replicas,
      tolerance: this.#options.tolerance,
      patience: this.#options.patience,
      nowMs: clock.nowMs(),
      pluralOf: (apiVersion: string, kind: string) => {
        const found = this.#kindOf(apiVersion, kind)
        if (found === undefined) throw new Error(`no matches for kind "${kind}" in version "${apiVersion}"`)
        return found.group === '' ? found.plural : `${found.plural}.${found.group}`
      },
    }
  }
}

function ableToScale(reason: string, message: string): Condition {
  return { status: 'True', reason, message }
}

const readyForNewScale = ableToScale('ReadyForNewScale', 'recommended size matches current size')
