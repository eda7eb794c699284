/** Prefers nodes that already have the pod's images, by their size; less so when few nodes have them, lest all pods crowd there. */
import type { Pod } from '#kinds/core/types.gen'
import { nodeScoreMax, type ScorePlugin } from '../framework/plugin.ts'

const bytesPerMebibyte = 1024 * 1024
// As upstream: below the first a pull costs nothing worth mentioning, above the second more makes no difference.
const bytesMin = 23 * bytesPerMebibyte
const bytesMaxPerContainer = 1000 * bytesPerMebibyte

export const imageLocality: ScorePlugin = {
  name: 'ImageLocality',
  score({ pod }, { nodes, images }) {
    const names = imageNamesOf(pod)
    const bytesMax = bytesMaxPerContainer * names.length
    const nodeCount = nodes.slots.length
    return {
      score(slot) {
        let bytes = 0
        for (const name of names) {
          const image = images.stateOn(slot, name)
          if (image !== undefined) bytes += Math.floor((image.sizeBytes * image.nodeCount) / nodeCount)
        }
        const clipped = Math.min(Math.max(bytes, bytesMin), bytesMax)
        return Math.floor((nodeScoreMax * (clipped - bytesMin)) / (bytesMax - bytesMin))
      },
    }
  },
}

function imageNamesOf({ spec }: Pod): readonly string[] {
  const ofContainers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ image }) => image)
  const ofVolumes = (spec?.volumes ?? []).map(({ image }) => image?.reference)
  return [...ofContainers, ...ofVolumes].filter((image) => image !== undefined).map(withTag)
}

/** Nodes list images with their tag. */
function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image
}
