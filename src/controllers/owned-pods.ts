/** How a workload makes and deletes pods, and tells about it in upstream's words. */
import { Pod } from '#kinds/core/pod/pod.kind'
import { refOf } from '#meta/object'
import { hasReason } from '#meta/status'
import type { ControllerDeps } from '#reconcile/controller'
import type { Owner } from './claims.ts'
import { isNamespaceTerminating } from './namespace-terminating.ts'

/** Failures are told, and thrown on. */
export async function createPod({ client, events }: ControllerDeps, owner: Owner, wanted: Pod, signal: AbortSignal): Promise<Pod> {
  try {
    const pod = await client.create(Pod, wanted, {}, signal)
    events.event(owner.object, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
    return pod
  } catch (error) {
    if (!isNamespaceTerminating(error)) events.event(owner.object, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`)
    throw error
  }
}

/** A pod that is gone, or another one under the same name, is as good as deleted. */
export async function deletePod({ client, events }: ControllerDeps, owner: Owner, pod: Pod, signal: AbortSignal): Promise<void> {
  try {
    const { uid, ...ref } = refOf(pod)
    await client.delete(Pod, ref, { uid }, signal)
    events.event(owner.object, 'Normal', 'SuccessfulDelete', `Deleted pod: ${ref.name}`)
  } catch (error) {
    if (hasReason(error, 'NotFound', 'Conflict')) return
    events.event(owner.object, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`)
    throw error
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
