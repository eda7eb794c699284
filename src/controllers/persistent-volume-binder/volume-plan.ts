/** What becomes of a volume: it is free, held, or given back. Pure. */
import type { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { isBoundByController, withoutClaim } from './binding.ts'

export type VolumePlan = {
  /** The same object where nothing is to be changed but the phase. */
  readonly volume: PersistentVolume
  readonly phase: string
  readonly fault?: { readonly reason: string; readonly message: string }
}

const provisionedByAnnotation = 'pv.kubernetes.io/provisioned-by'

/** `claim` is the one that the volume names, if it is still the same. */
export function planVolume(volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumePlan {
  const { claimRef } = volume.spec
  // Meant for a claim that has not taken it yet.
  if (claimRef === undefined || !claimRef.uid) return { volume, phase: 'Available' }
  if (claim === undefined) return givenBack(volume)
  const { volumeName } = claim.spec
  if (!volumeName) return { volume, phase: volume.status.phase ?? 'Available' }
  if (volumeName === volume.metadata.name) return { volume, phase: 'Bound' }
  // The claim has another volume. What was made for it is not wanted any more; what was there before goes back.
  if (isProvisioned(volume) && volume.spec.persistentVolumeReclaimPolicy === 'Delete') return givenBack(volume)
  const released = withoutClaim(volume)
  return { volume: released, phase: isBoundByController(volume) ? 'Available' : (volume.status.phase ?? 'Available') }
}

function givenBack(volume: PersistentVolume): VolumePlan {
  const fault = reclaimFault(volume)
  if (fault !== undefined) return { volume, phase: 'Failed', fault }
  return { volume, phase: volume.status.phase === 'Failed' ? 'Failed' : 'Released' }
}

/** Volumes are deleted by those who made them; there is nobody here who could delete or scrub another. */
function reclaimFault(volume: PersistentVolume): VolumePlan['fault'] {
  const { metadata, spec } = volume
  switch (spec.persistentVolumeReclaimPolicy) {
    case 'Recycle':
      return { reason: 'VolumeFailedRecycle', message: 'No recycler plugin found for the volume!' }
    case 'Delete':
      return isProvisioned(volume) || spec.csi !== undefined
        ? undefined
        : {
            reason: 'VolumeFailedDelete',
            message: `error getting deleter volume plugin for volume "${metadata.name}": no deletable volume plugin matched`,
          }
    default:
      return undefined
  }
}

function isProvisioned({ metadata }: PersistentVolume): boolean {
  return metadata.annotations?.[provisionedByAnnotation] !== undefined
}
