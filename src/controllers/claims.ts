/**
 * How a workload gets what is its own: it takes over what its selector matches and nobody controls, and lets go of what it no
 * longer matches. The same for pods, ReplicaSets and ControllerRevisions.
 */
import { type Claims, controllerReference } from '#domain/ownership'
import { isSameValue } from '#kinds/same-value'
import type { Kind } from '#meta/kind'
import { matches, type Selector } from '#meta/labels'
import { controllerOf, isBeingDeleted, type KubeObject, keyOf, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { OwnerReference } from '#meta/types.gen'
import type { ControllerDeps, Source } from '#reconcile/controller'

export type Owner = {
  readonly kind: Kind
  readonly object: KubeObject
  readonly reference: OwnerReference
  /** Put on what is taken over, and taken off what is let go. */
  readonly finalizer?: string
}

export function ownerOf<T extends KubeObject>(kind: Kind<T>, object: T): Owner {
  return { kind, object, reference: controllerReference(kind, object) }
}

/** Takes over and lets go; resolves with what the owner has afterwards. */
export async function settleClaims<T extends KubeObject>(
  deps: ControllerDeps,
  kind: Kind<T>,
  owner: Owner,
  claims: Claims<T>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const mayAdopt = claims.adopted.length > 0 && (await isStillWanted(deps, owner, signal))
  const adopted = mayAdopt ? await Promise.all(claims.adopted.map((object) => adopt(deps, kind, owner, object, signal))) : []
  await Promise.all(claims.released.map((object) => release(deps, kind, owner, object, signal)))
  return [...claims.owned, ...adopted.filter((object) => object !== undefined)]
}

/** Our cache may not know yet that the owner is going, and leaves its objects behind on purpose: only the server knows. */
async function isStillWanted({ client }: ControllerDeps, { kind, object }: Owner, signal: AbortSignal): Promise<boolean> {
  const { uid, ...ref } = refOf(object)
  const current = await ignoreNotFound(client.get(kind, ref, signal))
  return current !== undefined && current.metadata.uid === uid && !isBeingDeleted(current)
}

async function adopt<T extends KubeObject>(
  { client }: ControllerDeps,
  kind: Kind<T>,
  owner: Owner,
  object: T,
  signal: AbortSignal,
): Promise<T | undefined> {
  const { uid, ...ref } = refOf(object)
  const finalizers = owner.finalizer === undefined ? {} : { finalizers: [owner.finalizer] }
  const body = { metadata: { uid, ownerReferences: [owner.reference], ...finalizers } }
  return await ignoreNotFound(client.patch(kind, ref, { type: 'strategic', body }, signal))
}

async function release<T extends KubeObject>(
  { client }: ControllerDeps,
  kind: Kind<T>,
  owner: Owner,
  object: T,
  signal: AbortSignal,
): Promise<void> {
  const { uid, ...ref } = refOf(object)
  const finalizers = owner.finalizer === undefined ? {} : { '$deleteFromPrimitiveList/finalizers': [owner.finalizer] }
  const body = { metadata: { uid, ownerReferences: [{ $patch: 'delete', uid: owner.reference.uid }], ...finalizers } }
  try {
    await client.patch(kind, ref, { type: 'strategic', body }, signal)
  } catch (error) {
    // Gone, or another object under the same name: either way it is no longer ours.
    if (!hasReason(error, 'NotFound', 'Invalid', 'Conflict')) throw error
  }
}

/** An object that nobody controls concerns every workload of its namespace that would take it. */
export function keysOfTakers<W extends KubeObject>(kind: Kind<W>, selectorOf: (workload: W) => Selector): Source['keysOf'] {
  return (object, old, { cache }) => {
    if (controllerOf(object) !== undefined || isBeingDeleted(object)) return []
    if (old !== undefined && controllerOf(old) === undefined && isSameValue(old.metadata.labels, object.metadata.labels)) return []
    const takers = cache(kind).list(object.metadata.namespace)
    return takers.filter((workload) => matches(selectorOf(workload), object.metadata.labels)).map((workload) => keyOf(refOf(workload)))
  }
}
