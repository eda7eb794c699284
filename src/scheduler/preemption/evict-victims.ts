/** Makes the room that preemption decided on: tells the victims why, and deletes them. */
import { nowRfc3339 } from '#base/env/clock'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { Pod } from '#kinds/core/pod/pod.kind'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { EventRecorder } from '#reconcile/event-recorder'
import type { PodFacts } from '../framework/pod-facts.ts'
import type { Candidate } from './victims.ts'

export type EvictDeps = Env & { readonly client: Client; readonly events: EventRecorder; readonly schedulerName: string }

/** Victims that are on their way out already are left to it. */
export async function evictVictims(
  { victims, nodeName }: Candidate,
  preemptor: PodFacts,
  deps: EvictDeps,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(victims.filter(({ isTerminating }) => !isTerminating).map((victim) => evict(victim, preemptor, nodeName, deps, signal)))
}

async function evict(victim: PodFacts, preemptor: PodFacts, nodeName: string, deps: EvictDeps, signal: AbortSignal): Promise<void> {
  const { client, clock, events, log, schedulerName } = deps
  const { name, namespace, uid } = victim
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    observedGeneration: victim.pod.metadata.generation,
    reason: 'PreemptionByScheduler',
    message: `${schedulerName}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: nowRfc3339(clock),
  }
  const body = { metadata: { uid }, status: { conditions: [condition] } }
  try {
    await ignoreNotFound(client.patch(Pod, { name, namespace }, { type: 'strategic', subresource: 'status', body }, signal))
    await ignoreNotFound(client.delete(Pod, { name, namespace }, { uid }, signal))
  } catch (error) {
    // Another pod has taken the name: the victim is gone, which is all that was wanted.
    if (signal.aborted || hasReason(error, 'Conflict')) return
    log.warn('a pod was not preempted', { pod: victim.key, preemptor: preemptor.key, error })
    return
  }
  const message = `Preempted by pod ${preemptor.uid} on node ${nodeName}`
  events.event(victim.pod, 'Normal', 'Preempted', message, { action: 'Preempting' })
}
