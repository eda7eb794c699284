/** The volumes of a pod or of a pod template. */
import type { CSIVolumeSource, DownwardAPIVolumeFile, EphemeralVolumeSource, Volume, VolumeProjection } from '#kinds/core/types.gen'
import { indented, type Lines } from './lines.ts'
import { claimSpecLines } from './persistent-volume-claim.ts'
import { attributeLines, tabledSourceLines } from './volume-sources.ts'

/** `margin` is the indentation of the section, as for containers. */
export function volumeLines(volumes: readonly Volume[] = [], margin: '' | '  ' = ''): Lines {
  if (volumes.length === 0) return [`${margin}Volumes:\t<none>`]
  const nameMargin = margin === '' ? '  ' : '   '
  return [`${margin}Volumes:`, ...volumes.flatMap(({ name, ...source }) => [`${nameMargin}${name}:`, ...indented(sourceLines(source), 2)])]
}

function sourceLines(volume: Omit<Volume, 'name'>): Lines {
  const { projected, downwardAPI, csi, ephemeral } = volume
  if (projected !== undefined)
    return [
      'Type:\tProjected (a volume that contains injected data from multiple sources)',
      ...(projected.sources ?? []).flatMap(projectionLines),
    ]
  if (downwardAPI !== undefined)
    return [
      'Type:\tDownwardAPI (a volume populated by information about the pod)',
      'Items:',
      ...(downwardAPI.items ?? []).map((item) => `  ${downwardItem(item)}`),
    ]
  if (csi !== undefined) return csiLines(csi)
  if (ephemeral !== undefined) return ephemeralLines(ephemeral)
  return tabledSourceLines({ ...volume }) ?? ['<unknown>']
}

function projectionLines({ secret, configMap, downwardAPI, serviceAccountToken }: VolumeProjection): Lines {
  if (secret !== undefined) return [`SecretName:\t${secret.name ?? ''}`, `Optional:\t${secret.optional === true}`]
  if (downwardAPI !== undefined) return ['DownwardAPI:\ttrue']
  if (configMap !== undefined) return [`ConfigMapName:\t${configMap.name ?? ''}`, `Optional:\t${configMap.optional === true}`]
  if (serviceAccountToken !== undefined) return [`TokenExpirationSeconds:\t${serviceAccountToken.expirationSeconds ?? 0}`]
  return []
}

function downwardItem({ fieldRef, resourceFieldRef, path }: DownwardAPIVolumeFile): string {
  return `${fieldRef?.fieldPath ?? resourceFieldRef?.resource ?? ''} -> ${path}`
}

function csiLines({ driver, fsType = '', readOnly, volumeAttributes }: CSIVolumeSource): Lines {
  return [
    'Type:\tCSI (a Container Storage Interface (CSI) volume source)',
    `Driver:\t${driver}`,
    `FSType:\t${fsType}`,
    `ReadOnly:\t${readOnly === true}`,
    ...attributeLines(volumeAttributes),
  ]
}

function ephemeralLines({ volumeClaimTemplate }: EphemeralVolumeSource): Lines {
  return [
    'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    ...(volumeClaimTemplate === undefined ? [] : claimSpecLines(volumeClaimTemplate)),
  ]
}
