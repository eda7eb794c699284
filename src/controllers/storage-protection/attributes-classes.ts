/** Keeps a VolumeAttributesClass until no claim asks for it or has it, and no volume has it. */
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { VolumeAttributesClass } from '#kinds/storage/volume-attributes-class.kind'
import { type Controller, done, watching } from '#reconcile/controller'
import { protect } from './protection.ts'

export const attributesClassProtection: Controller<VolumeAttributesClass> = {
  name: 'volumeattributesclass-protection-controller',
  for: VolumeAttributesClass,
  watches: [
    watching(PersistentVolumeClaim, (claim, old) => [...classesOfClaim(claim), ...(old === undefined ? [] : classesOfClaim(old))]),
    watching(PersistentVolume, (volume, old) => [...classesOfVolume(volume), ...(old === undefined ? [] : classesOfVolume(old))]),
  ],
  async reconcile(deps, attributesClass, signal) {
    const name = attributesClass.metadata.name ?? ''
    const isUsed = () =>
      deps
        .cache(PersistentVolumeClaim)
        .list()
        .some((claim) => classesOfClaim(claim).includes(name)) ||
      deps
        .cache(PersistentVolume)
        .list()
        .some((volume) => classesOfVolume(volume).includes(name))
    await protect(deps, { kind: VolumeAttributesClass, finalizer: 'kubernetes.io/vac-protection', isUsed }, attributesClass, signal)
    return done
  },
}

function classesOfClaim({ spec, status }: PersistentVolumeClaim): readonly string[] {
  const names = [
    spec.volumeAttributesClassName,
    status.currentVolumeAttributesClassName,
    status.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ]
  return names.filter((name) => name !== undefined && name !== '').map((name) => name ?? '')
}

function classesOfVolume({ spec }: PersistentVolume): readonly string[] {
  return spec.volumeAttributesClassName ? [spec.volumeAttributesClassName] : []
}
