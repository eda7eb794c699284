/** What a client is told of a claim on storage that is accepted and yet hardly meant. */
import { FieldPath } from '#meta/field-path'
import { isFraction } from './pod/resource-list.ts'
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from './types.gen.ts'

export function claimWarnings({ metadata, spec }: PersistentVolumeClaim): readonly string[] {
  const annotation = 'volume.beta.kubernetes.io/storage-class'
  return [
    ...(metadata.annotations?.[annotation] === undefined
      ? []
      : [`metadata.annotations[${annotation}]: deprecated since v1.8; use "storageClassName" attribute instead`]),
    ...claimSizeWarnings(spec, FieldPath.of('spec')),
  ]
}

/** A volume has whole bytes. */
export function claimSizeWarnings(claim: PersistentVolumeClaimSpec | undefined, at: FieldPath): readonly string[] {
  return (['requests', 'limits'] as const).flatMap((side) => {
    const amount = claim?.resources?.[side]?.['storage']
    if (amount === undefined || !isFraction(amount)) return []
    return [
      `${at.field('resources').field(side).key('storage')}: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`,
    ]
  })
}
