/**
 * Who controls what: a controller adopts what its selector matches and nobody controls, and lets go of what
 * no longer matches. At most one controller owns an object, so two can share a selector without harm.
 */
import type { Kind } from '#meta/kind'
import { matches, type Selector } from '#meta/labels'
import { controllerOf, isBeingDeleted, type KubeObject } from '#meta/object'
import type { OwnerReference } from '#meta/types.gen'

export type Claims<T> = {
  /** Controlled already, and rightly so. */
  readonly owned: readonly T[]
  /** To be taken over. */
  readonly adopted: readonly T[]
  /** To be let go. */
  readonly released: readonly T[]
}

/** Sorts candidates of the owner's namespace; what belongs to others, or to nobody in reach, is in no list. */
export function claim<T extends KubeObject>(owner: KubeObject, selector: Selector, candidates: readonly T[]): Claims<T> {
  const claims: { owned: T[]; adopted: T[]; released: T[] } = { owned: [], adopted: [], released: [] }
  for (const candidate of candidates) {
    const controller = controllerOf(candidate)
    const isMatch = matches(selector, candidate.metadata.labels)
    if (controller?.uid === owner.metadata.uid && isMatch) claims.owned.push(candidate)
    else if (controller?.uid === owner.metadata.uid && !isBeingDeleted(owner) && !isBeingDeleted(candidate)) claims.released.push(candidate)
    else if (controller === undefined && isMatch && !isBeingDeleted(owner) && !isBeingDeleted(candidate)) claims.adopted.push(candidate)
  }
  return claims
}

/** The reference by which `owner` controls what it makes. */
export function controllerReference<T extends KubeObject>(kind: Kind<T>, owner: T): OwnerReference {
  const { name = '', uid = '' } = owner.metadata
  return { apiVersion: kind.apiVersion, kind: kind.kind, name, uid, controller: true, blockOwnerDeletion: true }
}
