/** What the scheduler writes about pods: where they go, and why they do not. */
import { nowRfc3339 } from '#base/env/clock'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { Pod } from '#kinds/core/pod/pod.kind'
import type { PodCondition } from '#kinds/core/types.gen'
import { conditionOf } from '#meta/conditions'
import type { PodFacts } from './framework/pod-facts.ts'

/** What a pod's status should say about scheduling; `nominatedNodeName` stays as it is where undefined. */
export type SchedulingStatus = {
  readonly reason: 'Unschedulable' | 'SchedulerError'
  readonly message: string
  readonly nominatedNodeName?: string | undefined
}

export class PodWriter {
  readonly #deps: Env & { readonly client: Client }

  constructor(deps: Env & { readonly client: Client }) {
    this.#deps = deps
  }

  /** Only the pod that was decided about is bound, not another one of its name. */
  async bind({ name, namespace, uid }: PodFacts, nodeName: string, signal: AbortSignal): Promise<void> {
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { kind: 'Node', name: nodeName } }
    await this.#deps.client.createSubresource(Pod, { name, namespace }, 'binding', binding, signal)
  }

  /** Writes only what the pod does not say already. */
  async report({ pod, name, namespace, uid }: PodFacts, status: SchedulingStatus, signal: AbortSignal): Promise<void> {
    const change = statusChange(pod, status, nowRfc3339(this.#deps.clock))
    if (change === undefined) return
    const body = { metadata: { uid }, status: change }
    await this.#deps.client.patch(Pod, { name, namespace }, { type: 'strategic', subresource: 'status', body }, signal)
  }
}

type StatusChange = { readonly conditions?: readonly PodCondition[]; readonly nominatedNodeName?: string | null }

/** Pure part of `report`: the patch, or undefined where there is nothing to say. */
function statusChange(pod: Pod, { reason, message, nominatedNodeName }: SchedulingStatus, now: string): StatusChange | undefined {
  const old = conditionOf(pod.status?.conditions, 'PodScheduled')
  const isTold = old?.status === 'False' && old.reason === reason && old.message === message
  const isNominated = nominatedNodeName === undefined || nominatedNodeName === (pod.status?.nominatedNodeName ?? '')
  if (isTold && isNominated) return undefined
  const lastTransitionTime = old?.status === 'False' ? old.lastTransitionTime : now
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    observedGeneration: pod.metadata.generation,
    lastTransitionTime,
    reason,
    message,
  }
  return {
    ...(isTold ? {} : { conditions: [condition] }),
    ...(isNominated ? {} : { nominatedNodeName: nominatedNodeName === '' ? null : nominatedNodeName }),
  }
}
