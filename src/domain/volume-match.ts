/** Which of the volumes that are there already a claim may have. Pure. */
import type { PersistentVolume, PersistentVolumeClaim } from '#kinds/core/types.gen'
import { matches, selectorOrNothing } from '#meta/labels'
import { quantityToNumber } from '#meta/quantity'

const betaStorageClass = 'volume.beta.kubernetes.io/storage-class'

export function storageClassNameOf({ spec, metadata }: PersistentVolumeClaim | PersistentVolume): string {
  return metadata.annotations?.[betaStorageClass] ?? spec.storageClassName ?? ''
}

/** Whether the volume names the claim, be it by its uid or before it had one. */
export function isMeantFor({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef?.name !== metadata.name || claimRef?.namespace !== metadata.namespace) return false
  return !claimRef?.uid || claimRef.uid === metadata.uid
}

/** The volume that names the claim, or else the smallest free one that will do. */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  isReachable: (volume: PersistentVolume) => boolean,
): PersistentVolume | undefined {
  const large = volumes.filter((volume) => !volume.metadata.deletionTimestamp && isLargeEnough(volume, claim) && hasMode(volume, claim))
  const meant = large.find((volume) => isMeantFor(volume, claim))
  if (meant !== undefined) return isReachable(meant) ? meant : undefined
  const free = large.filter((volume) => isFree(volume) && isOfSort(volume, claim) && isReachable(volume))
  return free.reduce<PersistentVolume | undefined>(
    (least, volume) => (least === undefined || capacityOf(volume) < capacityOf(least) ? volume : least),
    undefined,
  )
}

/** What keeps a volume that a claim names from being had by it; undefined where nothing does. */
export function mismatchOf(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (!isLargeEnough(volume, claim)) return 'requested PV is too small'
  if (storageClassNameOf(volume) !== storageClassNameOf(claim)) return 'storageClassName does not match'
  if (!hasMode(volume, claim)) return 'incompatible volumeMode'
  if (!hasAccessModes(volume, claim)) return 'incompatible accessMode'
  return undefined
}

function isFree({ spec, status }: PersistentVolume): boolean {
  return spec.claimRef === undefined && status.phase === 'Available'
}

function isOfSort(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { selector } = claim.spec
  if (selector !== undefined && !matches(selectorOrNothing(selector), volume.metadata.labels)) return false
  return storageClassNameOf(volume) === storageClassNameOf(claim) && hasAccessModes(volume, claim)
}

function isLargeEnough(volume: PersistentVolume, { spec }: PersistentVolumeClaim): boolean {
  return capacityOf(volume) >= quantityToNumber(spec.resources?.requests?.['storage'] ?? '0')
}

function hasMode({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (spec.volumeMode ?? 'Filesystem') === (claim.spec.volumeMode ?? 'Filesystem')
}

function hasAccessModes({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode))
}

function capacityOf({ spec }: PersistentVolume): number {
  return quantityToNumber(spec.capacity?.['storage'] ?? '0')
}
