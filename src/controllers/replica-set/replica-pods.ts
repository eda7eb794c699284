/** Carries out a replica plan: creates and deletes pods, and tells about it. Used by ReplicaSet and ReplicationController. */
import { type Claims } from '#domain/ownership'
import { podFromTemplate } from '#domain/pod-template'
import type { PodTemplateSpec } from '#kinds/core/types.gen'
import { Pod } from '#kinds/core/pod/pod.kind'
import { type KubeObject, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { OwnerReference } from '#meta/types.gen'
import type { ControllerDeps } from '#reconcile/controller'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import type { ReplicaFailure, ReplicaPlan } from './plan.ts'
import { slowStart } from './slow-start.ts'

export type ReplicaOwner = { readonly object: KubeObject; readonly reference: OwnerReference; readonly template: PodTemplateSpec }

/** The failure goes into the status; `error` makes the key be tried again. */
export type ReplicaOutcome = { readonly failure?: ReplicaFailure; readonly error?: unknown }

export async function carryOut(deps: ControllerDeps, owner: ReplicaOwner, plan: ReplicaPlan, signal: AbortSignal): Promise<ReplicaOutcome> {
  const created = await slowStart(plan.createCount, () => createPod(deps, owner, signal))
  if (created.error !== undefined) {
    if (isNamespaceTerminating(created.error)) return {}
    return { failure: { reason: 'FailedCreate', message: messageOf(created.error) }, error: created.error }
  }
  const deleted = await Promise.allSettled(plan.deletes.map((pod) => deletePod(deps, owner, pod, signal)))
  const failed = deleted.find((result) => result.status === 'rejected')
  return failed === undefined ? {} : { failure: { reason: 'FailedDelete', message: messageOf(failed.reason) }, error: failed.reason }
}

async function createPod({ client, events }: ControllerDeps, owner: ReplicaOwner, signal: AbortSignal): Promise<void> {
  const { name = '', namespace } = owner.object.metadata
  try {
    const pod = await client.create(Pod, podFromTemplate(owner.template, namespace, `${name}-`, owner.reference), {}, signal)
    events.event(owner.object, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
  } catch (error) {
    if (!isNamespaceTerminating(error)) events.event(owner.object, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`)
    throw error
  }
}

async function deletePod({ client, events }: ControllerDeps, owner: ReplicaOwner, pod: Pod, signal: AbortSignal): Promise<void> {
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
  owner: ReplicaOwner,
  claims: Claims<Pod>,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const adopted = await Promise.all(claims.adopted.map((pod) => adoptPod(deps, owner, pod, signal)))
  await Promise.all(claims.released.map((pod) => releasePod(deps, owner, pod, signal)))
  return [...claims.owned, ...adopted.filter((pod) => pod !== undefined)]
}

async function adoptPod({ client }: ControllerDeps, owner: ReplicaOwner, pod: Pod, signal: AbortSignal): Promise<Pod | undefined> {
  const { uid, ...ref } = refOf(pod)
  const body = { metadata: { uid, ownerReferences: [owner.reference] } }
  return await ignoreNotFound(client.patch(Pod, ref, { type: 'strategic', body }, signal))
}

async function releasePod({ client }: ControllerDeps, owner: ReplicaOwner, pod: Pod, signal: AbortSignal): Promise<void> {
  const { uid, ...ref } = refOf(pod)
  const body = { metadata: { uid, ownerReferences: [{ $patch: 'delete', uid: owner.reference.uid }] } }
  try {
    await client.patch(Pod, ref, { type: 'strategic', body }, signal)
  } catch (error) {
    // Gone, or another pod under the same name: either way it is no longer ours.
    if (!hasReason(error, 'NotFound', 'Invalid', 'Conflict')) throw error
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
