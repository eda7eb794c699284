/** Mirror pods: what a node writes to show the pods of its own manifest files. */
import type { Pod } from '#kinds/core/pod/pod.kind'

const mirrorAnnotation = 'kubernetes.io/config.mirror'

export function isMirrorPod(pod: Pod): boolean {
  return pod.metadata.annotations?.[mirrorAnnotation] !== undefined
}
