/** The claims that a pod mounts. Pure. */
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { Volume } from '#kinds/core/types.gen'

export function claimNamesOf(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim !== undefined) return [volume.persistentVolumeClaim.claimName]
    return volume.ephemeral === undefined ? [] : [ephemeralClaimName(pod, volume)]
  })
}

/** A generic ephemeral volume has a claim that is named after the pod and the volume. */
export function ephemeralClaimName({ metadata }: Pod, { name }: Volume): string {
  return `${metadata.name}-${name}`
}
