/** A persistent volume and where it comes from. */

import { accessModesText } from '#kinds/core/access-modes'
import type { CSIPersistentVolumeSource, PersistentVolume } from '#kinds/core/types.gen'
import { ageOf } from '#meta/table'
import { labelAndAnnotationLines } from './identity.ts'
import { goList, indented, type Lines, onlyIf } from './lines.ts'
import type { Surroundings } from './surroundings.ts'
import { termLines } from './terms.ts'
import { attributeLines, tabledSourceLines } from './volume-sources.ts'

export async function describePersistentVolume(volume: PersistentVolume, around: Surroundings): Promise<Lines> {
  const { metadata, spec, status } = volume
  const { claimRef, volumeMode, accessModes, capacity = {} } = spec
  const phase =
    metadata.deletionTimestamp === undefined
      ? (status?.phase ?? '')
      : `Terminating (lasts ${ageOf(metadata.deletionTimestamp, around.nowMs)})`
  return [
    `Name:\t${metadata.name ?? ''}`,
    ...labelAndAnnotationLines(volume),
    `Finalizers:\t${goList(metadata.finalizers)}`,
    `StorageClass:\t${metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? ''}`,
    `Status:\t${phase}`,
    `Claim:\t${claimRef === undefined ? '' : `${claimRef.namespace}/${claimRef.name}`}`,
    `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}`,
    `Access Modes:\t${accessModesText(accessModes)}`,
    ...onlyIf(volumeMode !== undefined, `VolumeMode:\t${volumeMode}`),
    `Capacity:\t${capacity['storage'] ?? '0'}`,
    ...affinityLines(volume),
    `Message:\t${status?.message ?? ''}`,
    'Source:',
    ...indented(sourceLines(volume), 2),
    ...(await around.events(volume)),
  ]
}

function affinityLines({ spec }: PersistentVolume): Lines {
  const required = spec.nodeAffinity?.required
  if (required === undefined) return ['Node Affinity:\t<none>']
  const terms = required.nodeSelectorTerms
  if (terms.length === 0) return ['Node Affinity:\t', '  Required Terms:\t<none>']
  return [
    'Node Affinity:\t',
    '  Required Terms:\t',
    ...terms.flatMap(({ matchExpressions = [] }, index) => indented(termLines(`Term ${index}`, matchExpressions), 2)),
  ]
}

function sourceLines({ spec }: PersistentVolume): Lines {
  return spec.csi === undefined ? (tabledSourceLines({ ...spec }) ?? ['<unknown>']) : csiLines(spec.csi)
}

function csiLines({ driver, fsType = '', volumeHandle, readOnly, volumeAttributes }: CSIPersistentVolumeSource): Lines {
  return [
    'Type:\tCSI (a Container Storage Interface (CSI) volume source)',
    `Driver:\t${driver}`,
    `FSType:\t${fsType}`,
    `VolumeHandle:\t${volumeHandle}`,
    `ReadOnly:\t${readOnly === true}`,
    ...attributeLines(volumeAttributes),
  ]
}
