/** Makes, mends and deletes the pods of a StatefulSet and their claims, and tells about it in upstream's words. */
import type { StatefulSet } from '#kinds/apps/stateful-set.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isBeingDeleted, keyOf, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { ControllerDeps } from '#reconcile/controller'
import type { Owner } from '../claims.ts'
import { messageOf } from '../owned-pods.ts'
import type { Creation } from './plan.ts'
import { claimsFor, podReference, withRetention } from './stateful-claims.ts'
import { repaired, statefulPod } from './stateful-pod.ts'

export async function createStatefulPod(
  deps: ControllerDeps,
  set: StatefulSet,
  { reference }: Owner,
  { ordinal, revision }: Creation,
  signal: AbortSignal,
): Promise<void> {
  const pod = statefulPod(set, ordinal, revision, reference)
  await told(deps, set, 'create', pod, async () => {
    await createClaims(deps, set, ordinal, pod, signal)
    await deps.client.create(Pod, pod, {}, signal)
  })
}

export async function deleteStatefulPod(deps: ControllerDeps, set: StatefulSet, pod: Pod, signal: AbortSignal): Promise<void> {
  const { uid, ...ref } = refOf(pod)
  await told(deps, set, 'delete', pod, async () => {
    await ignoreNotFound(deps.client.delete(Pod, ref, { uid }, signal))
  })
}

/** Brings a pod that is there, and its claims, back to what they should be. */
export async function settlePod(
  deps: ControllerDeps,
  set: StatefulSet,
  { reference }: Owner,
  ordinal: number,
  pod: Pod,
  signal: AbortSignal,
): Promise<void> {
  if (pod.status?.phase === 'Pending' && !isBeingDeleted(pod)) await createClaims(deps, set, ordinal, pod, signal)
  for (const { metadata } of claimsFor(set, ordinal)) {
    const held = deps.cache(PersistentVolumeClaim).get(keyOf({ name: metadata.name ?? '', namespace: metadata.namespace }))
    const wanted = held === undefined ? undefined : withRetention(set, ordinal, { set: reference, pod: podReference(pod) }, held)
    if (wanted !== undefined && wanted !== held) await deps.client.update(PersistentVolumeClaim, wanted, {}, signal)
  }
  const mended = isBeingDeleted(pod) ? pod : repaired(set, ordinal, pod)
  if (mended !== pod) await told(deps, set, 'update', pod, async () => void (await deps.client.update(Pod, mended, {}, signal)))
}

async function createClaims(deps: ControllerDeps, set: StatefulSet, ordinal: number, pod: Pod, signal: AbortSignal): Promise<void> {
  const { cache, client, events } = deps
  for (const claim of claimsFor(set, ordinal)) {
    const { name = '', namespace } = claim.metadata
    const held = cache(PersistentVolumeClaim).get(keyOf({ name, namespace }))
    if (held !== undefined && isBeingDeleted(held)) throw new Error(`pvc ${name} is being deleted`)
    if (held !== undefined) continue
    const text = `create Claim ${name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
    try {
      await client.create(PersistentVolumeClaim, claim, {}, signal)
      events.event(set, 'Normal', 'SuccessfulCreate', `${text} success`)
    } catch (error) {
      if (hasReason(error, 'AlreadyExists')) continue
      events.event(set, 'Warning', 'FailedCreate', `${text} failed error: ${messageOf(error)}`)
      throw error
    }
  }
}

/** An update that works is no news. */
async function told(
  { events }: ControllerDeps,
  set: StatefulSet,
  verb: 'create' | 'delete' | 'update',
  pod: Pod,
  act: () => Promise<void>,
): Promise<void> {
  const name = `${verb[0]?.toUpperCase()}${verb.slice(1)}`
  const text = `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
  try {
    await act()
    if (verb !== 'update') events.event(set, 'Normal', `Successful${name}`, `${text} successful`)
  } catch (error) {
    events.event(set, 'Warning', `Failed${name}`, `${text} failed error: ${messageOf(error)}`)
    throw error
  }
}
