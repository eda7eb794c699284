/** What to do with an object whose owners may be gone. Pure: what is known of the owners comes in. */
import { isBeingDeleted, type KubeObject } from '#meta/object'
import type { OwnerReference } from '#meta/types.gen'
import { awaitsDependents, blocks, foregroundFinalizer, orphanFinalizer, orphansDependents, ownersOf } from './owner-graph.ts'

/** `solid` keeps its dependents; `leaving` waits for them to be deleted; `absent` is gone. */
export type OwnerState = 'solid' | 'leaving' | 'absent'

export type Verdict =
  | { readonly do: 'nothing' }
  /** Other owners stay: only the references to those that go are dropped. */
  | { readonly do: 'drop-owners'; readonly uids: readonly string[] }
  | { readonly do: 'delete'; readonly propagationPolicy: 'Foreground' | 'Background' | 'Orphan' }
  /** One of a circle: all would wait for each other for ever, so this one stops holding up its owners, and goes then. */
  | { readonly do: 'unblock-owners-and-delete' }
  /** All that it waited for is done. */
  | { readonly do: 'remove-finalizer'; readonly finalizer: string }
  | { readonly do: 'delete-dependents'; readonly dependents: readonly KubeObject[] }
  | { readonly do: 'orphan-dependents'; readonly dependents: readonly KubeObject[] }

export type Situation = {
  readonly object: KubeObject
  readonly dependents: readonly KubeObject[]
  readonly stateOf: (owner: OwnerReference) => OwnerState
}

export function judge({ object, dependents, stateOf }: Situation): Verdict {
  if (orphansDependents(object)) {
    return dependents.length > 0 ? { do: 'orphan-dependents', dependents } : { do: 'remove-finalizer', finalizer: orphanFinalizer }
  }
  if (awaitsDependents(object)) return judgeForeground(object, dependents)
  const owners = ownersOf(object)
  if (isBeingDeleted(object) || owners.length === 0) return { do: 'nothing' }
  const states = owners.map((owner) => ({ uid: owner.uid, state: stateOf(owner) }))
  const going = states.filter(({ state }) => state !== 'solid').map(({ uid }) => uid)
  if (going.length === 0) return { do: 'nothing' }
  if (going.length < states.length) return { do: 'drop-owners', uids: going }
  const isOwnerLeaving = states.some(({ state }) => state === 'leaving')
  if (isOwnerLeaving && dependents.some(awaitsDependents)) return { do: 'unblock-owners-and-delete' }
  return { do: 'delete', propagationPolicy: isOwnerLeaving && dependents.length > 0 ? 'Foreground' : policyOf(object) }
}

function judgeForeground(object: KubeObject, dependents: readonly KubeObject[]): Verdict {
  const uid = object.metadata.uid ?? ''
  if (!dependents.some((dependent) => blocks(dependent, uid))) return { do: 'remove-finalizer', finalizer: foregroundFinalizer }
  // Those that wait for dependents of their own come again without being called.
  return { do: 'delete-dependents', dependents: dependents.filter((dependent) => !awaitsDependents(dependent)) }
}

/** A finalizer that an object already has says how its deletion was meant. */
function policyOf({ metadata: { finalizers = [] } }: KubeObject): 'Foreground' | 'Background' | 'Orphan' {
  if (finalizers.includes(orphanFinalizer)) return 'Orphan'
  return finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background'
}
