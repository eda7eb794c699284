/** The claim that a volume belongs to, and the secrets that a node needs to mount it. Pure. */
import type { PersistentVolume } from '#kinds/core/persistent-volume.kind'

export type NamespacedName = { readonly namespace: string; readonly name: string }

/** Undefined for volumes that nobody has claimed. */
export function claimOf({ spec }: PersistentVolume): NamespacedName | undefined {
  const { namespace, name } = spec?.claimRef ?? {}
  return namespace && name ? { namespace, name } : undefined
}

/** Secrets that only controllers need are left out. */
export function* secretsOf(volume: PersistentVolume): Generator<NamespacedName, void> {
  const { azureFile, cephfs, cinder, csi, flexVolume, iscsi, rbd, scaleIO, storageos } = volume.spec ?? {}
  const home = claimOf(volume)?.namespace ?? ''
  if (azureFile) yield { namespace: azureFile.secretNamespace || home, name: azureFile.secretName }
  const references = [cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos].map((source) => source?.secretRef)
  for (const reference of [...references, csi?.nodePublishSecretRef, csi?.nodeStageSecretRef, csi?.nodeExpandSecretRef]) {
    if (reference?.name) yield { namespace: reference.namespace || home, name: reference.name }
  }
}
