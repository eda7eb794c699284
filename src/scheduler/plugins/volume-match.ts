/** Which nodes reach a volume, and where a new one can be made. Pure. */
import { type NodeIdentity, nodeSelectorMatcher } from '#domain/node-affinity'
import type { PersistentVolume } from '#kinds/core/types.gen'
import type { DelayedClaim } from './volume-claims.ts'

const noProvisioner = 'kubernetes.io/no-provisioner'
export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node'

export function isReachable({ spec }: PersistentVolume, node: NodeIdentity): boolean {
  const required = spec?.nodeAffinity?.required
  return required === undefined || nodeSelectorMatcher(required)(node)
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
