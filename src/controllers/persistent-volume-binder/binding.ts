/**
 * A claim and its volume hold each other: the volume by `claimRef`, the claim by `volumeName`. Each step of tying them can be
 * repeated, and one that is done changes nothing. Pure.
 */
import type { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { withMeta } from '#meta/object'

/** Set where we made the tie, so that we may loosen it again; absent where a user did. */
const boundByController = 'pv.kubernetes.io/bound-by-controller'
const bindCompleted = 'pv.kubernetes.io/bind-completed'

export function isBindCompleted({ metadata }: PersistentVolumeClaim): boolean {
  return metadata.annotations?.[bindCompleted] !== undefined
}

export function isBoundByController({ metadata }: PersistentVolume | PersistentVolumeClaim): boolean {
  return metadata.annotations?.[boundByController] !== undefined
}

/** The volume as it holds the claim; the same object where it does. */
export function holdingClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec
  const { name, namespace, uid, resourceVersion } = claim.metadata
  if (claimRef?.uid === uid) return volume
  const reference = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion }
  const held = { ...volume, spec: { ...volume.spec, claimRef: reference } }
  return claimRef === undefined ? annotated(held, boundByController) : held
}

/** The claim as it holds the volume; the same object where it does. */
export function holdingVolume(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const volumeName = volume.metadata.name ?? ''
  const isNew = claim.spec.volumeName !== volumeName
  const held = isNew ? annotated({ ...claim, spec: { ...claim.spec, volumeName } }, boundByController) : claim
  return isBindCompleted(held) ? held : annotated(held, bindCompleted)
}

/** What a bound claim says of its volume. */
export function boundClaimStatus({ status }: PersistentVolumeClaim, { spec }: PersistentVolume): PersistentVolumeClaim['status'] {
  const { volumeAttributesClassName } = spec
  // A volume that grows is told by whoever lets it grow.
  const capacity = status.phase === 'Bound' && status.capacity !== undefined ? status.capacity : spec.capacity
  return {
    ...status,
    phase: 'Bound',
    accessModes: spec.accessModes,
    capacity,
    ...(volumeAttributesClassName ? { currentVolumeAttributesClassName: volumeAttributesClassName } : {}),
  }
}

/** The volume without its claim: as the user made it, who may have meant it for a claim of this name. */
export function withoutClaim(volume: PersistentVolume): PersistentVolume {
  const { claimRef, ...spec } = volume.spec
  if (claimRef === undefined) return volume
  if (!isBoundByController(volume)) {
    const { uid: _, resourceVersion: __, ...meant } = claimRef
    return { ...volume, spec: { ...spec, claimRef: meant } }
  }
  const { [boundByController]: _, ...annotations } = volume.metadata.annotations ?? {}
  return withMeta({ ...volume, spec }, { annotations })
}

function annotated<T extends PersistentVolume | PersistentVolumeClaim>(object: T, annotation: string): T {
  return withMeta(object, { annotations: { ...object.metadata.annotations, [annotation]: 'yes' } })
}
