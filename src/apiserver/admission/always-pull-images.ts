/** Images are asked for at their registry each time, so that nobody runs one that only lies on the node. */
import { Pod } from '#kinds/core/pod/pod.kind'
import type { Container, Volume } from '#kinds/core/types.gen'
import { definePlugin } from './plugin.ts'

export const alwaysPullImages = definePlugin<Pod>({
  name: 'AlwaysPullImages',
  kinds: [Pod],
  operations: ['CREATE', 'UPDATE'],
  mutate: ({ object: pod, old }) => (old !== undefined && hasNoNewImage(pod, old) ? pod : { ...pod, spec: alwaysPulling(pod.spec) }),
})

/** As upstream: pods from before the plugin was turned on can still be changed otherwise. */
function hasNoNewImage(pod: Pod, old: Pod): boolean {
  const known = new Set(imagesOf(old))
  return imagesOf(pod).every((image) => known.has(image))
}

function imagesOf({ spec: { initContainers = [], containers, ephemeralContainers = [], volumes = [] } }: Pod): readonly unknown[] {
  return [
    ...[...initContainers, ...containers, ...ephemeralContainers].map(({ image }) => image),
    ...volumes.flatMap(({ image }) => (image === undefined ? [] : [image.reference])),
  ]
}

function alwaysPulling(spec: Pod['spec']): Pod['spec'] {
  const { initContainers, containers, ephemeralContainers, volumes } = spec
  return {
    ...spec,
    containers: containers.map(pulled),
    ...(initContainers && { initContainers: initContainers.map(pulled) }),
    ...(ephemeralContainers && { ephemeralContainers: ephemeralContainers.map(pulled) }),
    ...(volumes && { volumes: volumes.map(pulledVolume) }),
  }
}

function pulled<T extends Pick<Container, 'imagePullPolicy'>>(container: T): T {
  return { ...container, imagePullPolicy: 'Always' }
}

function pulledVolume(volume: Volume): Volume {
  return volume.image === undefined ? volume : { ...volume, image: { ...volume.image, pullPolicy: 'Always' } }
}
