/** What pods request of a resource, in thousandths: what their use is measured by. Pure. */
import type { Pod } from '#kinds/core/pod/pod.kind'
import { quantityMilliValue } from '#meta/quantity'

/** Of one container, or of the pod as a whole. Throws where a container does not say. */
export function requestsOf(pods: readonly Pod[], resource: string, container: string | undefined): ReadonlyMap<string, number> {
  return new Map(pods.map((pod) => [pod.metadata.name ?? '', requestOf(pod, resource, container)]))
}

function requestOf({ metadata, spec }: Pod, resource: string, container: string | undefined): number {
  const ofPod = container === undefined ? spec.resources?.requests?.[resource] : undefined
  if (ofPod !== undefined) return Number(quantityMilliValue(ofPod))
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  const running = [...spec.containers, ...sidecars].filter(({ name }) => container === undefined || name === container)
  return running.reduce((sum, { name, resources }) => {
    const request = resources?.requests?.[resource]
    if (request === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`)
    return sum + Number(quantityMilliValue(request))
  }, 0)
}
