/** The claims that a pod's generic ephemeral volumes ask for. Pure. */
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { ephemeralClaimName } from '../pod-claims.ts'

export function ephemeralClaims(pod: Pod): readonly PersistentVolumeClaim[] {
  const { name = '', namespace, uid = '' } = pod.metadata
  const owner = { apiVersion: 'v1', kind: 'Pod', name, uid, controller: true, blockOwnerDeletion: true }
  return (pod.spec.volumes ?? []).flatMap((volume): readonly PersistentVolumeClaim[] => {
    const template = volume.ephemeral?.volumeClaimTemplate
    if (template === undefined) return []
    const { labels, annotations } = template.metadata ?? {}
    return [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: ephemeralClaimName(pod, volume), namespace, labels, annotations, ownerReferences: [owner] },
        spec: template.spec,
        status: {},
      },
    ]
  })
}
