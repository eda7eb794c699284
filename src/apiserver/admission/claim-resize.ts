/** A claim may grow where its storage class says that its volumes can. */
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { StorageClass } from '#kinds/storage/storage-class.kind'
import { compareQuantity } from '#meta/quantity'
import type { StateReader } from '../exchange.ts'
import { definePlugin, refusal } from './plugin.ts'

export const claimResize = definePlugin<PersistentVolumeClaim>({
  name: 'PersistentVolumeClaimResize',
  kinds: [PersistentVolumeClaim],
  operations: ['UPDATE'],
  validate(admission, { state }) {
    const { object: claim, old } = admission
    if (old === undefined || compareQuantity(sizeOf(claim), sizeOf(old)) <= 0) return
    if (old.status?.phase !== 'Bound') throw refusal(admission, 'Only bound persistent volume claims can be expanded')
    if (canGrow(claim, old, state)) return
    throw refusal(
      admission,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    )
  },
})

function sizeOf({ spec }: PersistentVolumeClaim): string {
  return spec.resources?.requests?.['storage'] ?? '0'
}

function canGrow(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, state: StateReader): boolean {
  const [name, oldName] = [classOf(claim), classOf(old)]
  if (name === undefined || name !== oldName) return false
  return state.get(StorageClass, undefined, name)?.allowVolumeExpansion === true
}

function classOf({ spec, metadata }: PersistentVolumeClaim): string | undefined {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName
}
