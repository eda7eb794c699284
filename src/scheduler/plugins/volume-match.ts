/** Which of the volumes that are there already a claim may have on a node, and where a new one can be made. Pure. */
import { type NodeIdentity, nodeSelectorMatcher } from '#domain/node-affinity'
import type { PersistentVolume, PersistentVolumeClaim } from '#kinds/core/types.gen'
import { matches, selectorOrNothing } from '#meta/labels'
import { quantityToNumber } from '#meta/quantity'
import { type DelayedClaim, storageClassNameOf } from './volume-claims.ts'

const noProvisioner = 'kubernetes.io/no-provisioner'
export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node'

export function isReachable({ spec }: PersistentVolume, node: NodeIdentity): boolean {
  const required = spec?.nodeAffinity?.required
  return required === undefined || nodeSelectorMatcher(required)(node)
}

/** The smallest that will do. */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  node: NodeIdentity,
  volumes: readonly PersistentVolume[],
): PersistentVolume | undefined {
  const fitting = volumes.filter((volume) => isFitting(volume, claim) && isReachable(volume, node))
  return fitting.reduce<PersistentVolume | undefined>(
    (least, volume) => (least === undefined || capacityOf(volume) < capacityOf(least) ? volume : least),
    undefined,
  )
}

/** Whether the class can make a volume for the claim that the node reaches. */
export function isProvisionable({ claim, storageClass }: DelayedClaim, node: NodeIdentity): boolean {
  const selected = claim.metadata.annotations?.[selectedNodeAnnotation]
  if (selected !== undefined && selected !== node.name) return false
  if (!storageClass.provisioner || storageClass.provisioner === noProvisioner) return false
  const { allowedTopologies = [] } = storageClass
  if (allowedTopologies.length === 0) return true
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => values.includes(node.labels[key] ?? '')),
  )
}

function isFitting(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { spec, status, metadata } = volume
  const { claimRef } = spec ?? {}
  const isOurs = claimRef?.name === claim.metadata.name && claimRef?.namespace === claim.metadata.namespace
  if (claimRef !== undefined ? !isOurs : status?.phase !== 'Available') return false
  if (metadata.deletionTimestamp !== undefined || (spec?.storageClassName ?? '') !== storageClassNameOf(claim)) return false
  if ((spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) return false
  if (!(claim.spec?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode))) return false
  if (claim.spec?.selector !== undefined && !matches(selectorOrNothing(claim.spec.selector), metadata.labels)) return false
  return capacityOf(volume) >= quantityToNumber(claim.spec?.resources?.requests?.['storage'] ?? '0')
}

function capacityOf({ spec }: PersistentVolume): number {
  return quantityToNumber(spec?.capacity?.['storage'] ?? '0')
}
