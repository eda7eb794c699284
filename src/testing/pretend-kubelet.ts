/** Stands in for all nodes in a test: every pod runs and is ready at once, every pod that is told to end is gone. */
import { type Clock, nowRfc3339 } from '#base/env/clock'
import type { Client } from '#client/client'
import { isPodFinished } from '#domain/pod-phase'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isBeingDeleted, refOf } from '#meta/object'
import { hasReason } from '#meta/status'

export type PretendKubelet = {
  /** What becomes of a pod that is not ended yet; ready by default. Undefined leaves it alone. */
  readonly statusOf?: (pod: Pod) => Partial<Pod['status']> | undefined
}

/** One look at all pods of a namespace. */
export async function pretendKubelet(
  { client, clock }: { readonly client: Client; readonly clock: Clock },
  namespace: string,
  { statusOf = () => ({ phase: 'Running' }) }: PretendKubelet = {},
): Promise<void> {
  for (const pod of (await client.list(Pod, { namespace })).items) {
    try {
      await serve(client, pod, nowRfc3339(clock), statusOf)
    } catch (error) {
      // The controllers are at work on the same pods.
      if (!hasReason(error, 'NotFound', 'Conflict')) throw error
    }
  }
}

async function serve(client: Client, pod: Pod, now: string, statusOf: NonNullable<PretendKubelet['statusOf']>): Promise<void> {
  const { uid: _, ...ref } = refOf(pod)
  if (isBeingDeleted(pod)) {
    if ((pod.metadata.deletionGracePeriodSeconds ?? 0) > 0) await client.delete(Pod, ref, { gracePeriodSeconds: 0 })
    return
  }
  const status = statusOf(pod)
  if (status === undefined || isPodFinished(pod) || pod.status?.phase === status.phase) return
  const ready = { type: 'Ready', status: status.phase === 'Running' ? 'True' : 'False', lastTransitionTime: now }
  await client.updateStatus(Pod, { ...pod, status: { ...pod.status, conditions: [ready], ...status } })
}
