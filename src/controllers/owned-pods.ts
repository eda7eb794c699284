/** How a workload makes, deletes, takes over and lets go of pods, and tells about it in upstream's words. */
import type { Claims } from '#domain/ownership'
import { Pod } from '#kinds/core/pod/pod.kind'
import { type KubeObject, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { OwnerReference } from '#meta/types.gen'
import type { ControllerDeps } from '#reconcile/controller'
import { isNamespaceTerminating } from './namespace-terminating.ts'

export type PodOwner = {
  readonly object: KubeObject
  readonly reference: OwnerReference
  /** Put on the pods that are taken over, and taken off those that are let go. */
  readonly finalizer?: string
}

/** Failures are told, and thrown on. */
export async function createPod({ client, events }: ControllerDeps, owner: PodOwner, wanted: Pod, signal: AbortSignal): Promise<Pod> {
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
export async function deletePod({ client, events }: ControllerDeps, owner: PodOwner, pod: Pod, signal: AbortSignal): Promise<void> {
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

/** Takes over and lets go of pods; resolves with those that the owner has afterwards. */
export async function settleClaims(
  deps: ControllerDeps,
  owner: PodOwner,
  claims: Claims<Pod>,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const adopted = await Promise.all(claims.adopted.map((pod) => adoptPod(deps, owner, pod, signal)))
  await Promise.all(claims.released.map((pod) => releasePod(deps, owner, pod, signal)))
  return [...claims.owned, ...adopted.filter((pod) => pod !== undefined)]
}

async function adoptPod({ client }: ControllerDeps, owner: PodOwner, pod: Pod, signal: AbortSignal): Promise<Pod | undefined> {
  const { uid, ...ref } = refOf(pod)
  const finalizers = owner.finalizer === undefined ? {} : { finalizers: [owner.finalizer] }
  const body = { metadata: { uid, ownerReferences: [owner.reference], ...finalizers } }
  return await ignoreNotFound(client.patch(Pod, ref, { type: 'strategic', body }, signal))
}

async function releasePod({ client }: ControllerDeps, owner: PodOwner, pod: Pod, signal: AbortSignal): Promise<void> {
  const { uid, ...ref } = refOf(pod)
  const finalizers = owner.finalizer === undefined ? {} : { '$deleteFromPrimitiveList/finalizers': [owner.finalizer] }
  const body = { metadata: { uid, ownerReferences: [{ $patch: 'delete', uid: owner.reference.uid }], ...finalizers } }
  try {
    await client.patch(Pod, ref, { type: 'strategic', body }, signal)
  } catch (error) {
    // Gone, or another pod under the same name: either way it is no longer ours.
    if (!hasReason(error, 'NotFound', 'Invalid', 'Conflict')) throw error
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
