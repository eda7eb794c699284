/** The claims of a StatefulSet's pods: how they are made, and with whom they go. Pure. */
import type { StatefulSet } from '#kinds/apps/stateful-set.kind'
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { withMeta } from '#meta/object'
import type { OwnerReference } from '#meta/types.gen'
import { claimNameOf, isCondemned } from './stateful-pod.ts'

/** The claims that the pod of an ordinal needs. They are told from others by the set's selector, and outlive the pod. */
export function claimsFor(set: StatefulSet, ordinal: number): readonly PersistentVolumeClaim[] {
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata, spec }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimNameOf(set, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec, status: {} }, ordinal),
      namespace: set.metadata.namespace,
      labels: { ...metadata.labels, ...set.spec.selector?.matchLabels },
      annotations: metadata.annotations,
    },
    spec,
    status: {},
  }))
}

/** Who may take a claim along: the set where it is deleted, the pod where the set has shrunk. */
export type ClaimOwners = { readonly set: OwnerReference; readonly pod: OwnerReference }

/** The claim with the owners that the retention policy asks for; the same object where it has them. */
export function withRetention(set: StatefulSet, ordinal: number, owners: ClaimOwners, claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const before = claim.metadata.ownerReferences ?? []
  const own = [owners.set.uid, owners.pod.uid]
  const others = before.filter(({ uid, kind, name }) => !own.includes(uid) && !isStale(owners, { kind, name }))
  const isForeign = others.some(({ controller }) => controller === true)
  const wanted = isForeign ? undefined : wantedOwner(set, ordinal, owners)
  const next = wanted === undefined ? others : [...others, wanted]
  return isSame(before, next) ? claim : withMeta(claim, { ownerReferences: next })
}

function wantedOwner(set: StatefulSet, ordinal: number, owners: ClaimOwners): OwnerReference | undefined {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  if (whenScaled === 'Delete' && isCondemned(set, ordinal)) return owners.pod
  return whenDeleted === 'Delete' ? owners.set : undefined
}

/** Of one who had the name before: it would take the claim along at once. */
function isStale({ set, pod }: ClaimOwners, { kind, name }: { readonly kind: string; readonly name: string }): boolean {
  return [set, pod].some((owner) => owner.kind === kind && owner.name === name)
}

function isSame(before: readonly OwnerReference[], next: readonly OwnerReference[]): boolean {
  const textOf = ({ uid, controller }: OwnerReference) => `${uid} ${controller === true}`
  return before.length === next.length && before.every((owner, index) => textOf(owner) === textOf(next[index] ?? owner))
}

export function podReference({ metadata }: Pod): OwnerReference {
  const { name = '', uid = '' } = metadata
  return { apiVersion: 'v1', kind: 'Pod', name, uid, controller: true, blockOwnerDeletion: true }
}
