/**
 * Who owns whom, over all resources, by uid. A snapshot of what the caches say: a decision to delete is made
 * on it only together with a look at the server (see `plan.ts`).
 */
import type { Kind } from '#meta/kind'
import { isBeingDeleted, type KubeObject } from '#meta/object'
import type { OwnerReference } from '#meta/types.gen'

export type GraphNode = { readonly kind: Kind; readonly object: KubeObject }

export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>()
  readonly #dependents = new Map<string, Set<string>>()

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid)
  }

  /** Objects that name `uid` among their owners. */
  dependentsOf(uid: string): readonly GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((dependent) => this.#nodes.get(dependent) ?? [])
  }

  put(node: GraphNode): void {
    const uid = node.object.metadata.uid ?? ''
    this.#unlink(uid)
    this.#nodes.set(uid, node)
    for (const owner of ownersOf(node.object)) {
      const dependents = this.#dependents.get(owner.uid) ?? new Set()
      this.#dependents.set(owner.uid, dependents.add(uid))
    }
  }

  remove(uid: string): void {
    this.#unlink(uid)
    this.#nodes.delete(uid)
  }

  #unlink(uid: string): void {
    const node = this.#nodes.get(uid)
    if (node === undefined) return
    for (const owner of ownersOf(node.object)) {
      const dependents = this.#dependents.get(owner.uid)
      dependents?.delete(uid)
      if (dependents?.size === 0) this.#dependents.delete(owner.uid)
    }
  }
}

export function ownersOf(object: KubeObject): readonly OwnerReference[] {
  return object.metadata.ownerReferences ?? []
}

/** Being deleted, and waiting for its dependents to go first. */
export function awaitsDependents(object: KubeObject): boolean {
  return isBeingDeleted(object) && (object.metadata.finalizers ?? []).includes(foregroundFinalizer)
}

/** Being deleted, and to leave its dependents behind. */
export function orphansDependents(object: KubeObject): boolean {
  return isBeingDeleted(object) && (object.metadata.finalizers ?? []).includes(orphanFinalizer)
}

/** Whether `dependent` keeps the owner with this uid from going, while that is deleted in the foreground. */
export function blocks(dependent: KubeObject, ownerUid: string): boolean {
  return ownersOf(dependent).some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true)
}
