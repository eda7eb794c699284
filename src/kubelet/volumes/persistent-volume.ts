/** A persistent volume of this node (hostPath or local) by way of the claim that a pod names or owns. */
import { stat } from 'node:fs/promises'
import type { Client } from '#client/client'
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { Pod, Volume } from '#kinds/core/types.gen'
import { ignoreNotFound } from '#meta/status'
import { checkHostPath } from './host-path.ts'
import { giveToGroup, ownershipOf } from './ownership.ts'
import type { MountedVolume } from './volumes.ts'

export type ClaimedVolume = { readonly claimName: string; readonly isReadOnly: boolean; readonly isOwned: boolean }

/** Undefined where the volume has no claim. */
export function claimOf(pod: Pod, { name, persistentVolumeClaim, ephemeral }: Volume): ClaimedVolume | undefined {
  if (persistentVolumeClaim !== undefined) {
    return { claimName: persistentVolumeClaim.claimName, isReadOnly: persistentVolumeClaim.readOnly ?? false, isOwned: false }
  }
  // As upstream: the claim of an ephemeral volume has the pod's name and the volume's.
  return ephemeral === undefined ? undefined : { claimName: `${pod.metadata.name}-${name}`, isReadOnly: false, isOwned: true }
}

/** Rejects with what the claim or its volume lacks. */
export async function mountClaim(client: Client, pod: Pod, claimed: ClaimedVolume, signal: AbortSignal): Promise<MountedVolume> {
  const volume = await boundVolumeOf(client, pod, claimed, signal)
  const { hostPath, local, volumeMode } = volume.spec ?? {}
  if (volumeMode === 'Block') throw new Error(`volumes of mode Block are not supported by this node`)
  if (hostPath !== undefined) {
    await checkHostPath(hostPath)
    return { hostPath: hostPath.path, isReadOnly: claimed.isReadOnly }
  }
  if (local === undefined)
    throw new Error(`persistent volume ${JSON.stringify(volume.metadata.name)} is of a type that is not supported by this node`)
  await prepareLocal(pod, local.path, claimed.isReadOnly)
  return { hostPath: local.path, isReadOnly: claimed.isReadOnly }
}

async function boundVolumeOf(
  client: Client,
  pod: Pod,
  { claimName, isOwned }: ClaimedVolume,
  signal: AbortSignal,
): Promise<PersistentVolume> {
  const { namespace, name, uid } = pod.metadata
  const claim = await ignoreNotFound(client.get(PersistentVolumeClaim, { namespace, name: claimName }, signal))
  const fault = (why: string) => new Error(`error processing PVC ${namespace}/${claimName}: ${why}`)
  if (claim === undefined) throw fault(`failed to fetch PVC from API server: persistentvolumeclaims ${JSON.stringify(claimName)} not found`)
  if (isOwned && !claim.metadata.ownerReferences?.some((owner) => owner.uid === uid)) {
    throw fault(`PVC ${namespace}/${claimName} was not created for pod ${namespace}/${name} (pod is not owner)`)
  }
  if (claim.metadata.deletionTimestamp !== undefined) throw fault('PVC is being deleted')
  const { volumeName = '' } = claim.spec ?? {}
  if (claim.status?.phase !== 'Bound' || volumeName === '') throw fault('PVC is not bound')
  const volume = await client.get(PersistentVolume, { name: volumeName }, signal)
  if (volume.spec?.claimRef?.uid !== claim.metadata.uid) throw fault(`PV ${volumeName} is bound to another claim`)
  return volume
}

async function prepareLocal(pod: Pod, path: string, isReadOnly: boolean): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new Error(`path ${JSON.stringify(path)} does not exist`)
  const { fsGroup } = ownershipOf(pod)
  const isRight = pod.spec?.securityContext?.fsGroupChangePolicy === 'OnRootMismatch' && found.gid === fsGroup
  if (fsGroup !== undefined && !isReadOnly && !isRight) await giveToGroup(path, fsGroup, false)
}
