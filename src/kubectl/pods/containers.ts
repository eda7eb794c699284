/** Which container of a pod is meant. */
import type { Container, EphemeralContainer, Pod } from '#kinds/core/types.gen'
import { CommandError } from '../errors.ts'

type AnyContainer = Container | EphemeralContainer

const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container'

/** In the order in which they start. */
export function allContainers({ spec }: Pod): readonly AnyContainer[] {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec ?? { containers: [] }
  return [...initContainers, ...containers, ...ephemeralContainers]
}

/** `warn` hears of a choice that the user may not expect. */
export function chosenContainer(pod: Pod, wanted: string, warn: (text: string) => void): AnyContainer {
  if (wanted === '') return defaultContainer(pod, warn)
  const found = allContainers(pod).find(({ name }) => name === wanted)
  if (found !== undefined) return found
  throw new CommandError(`container ${wanted} is not valid for pod ${pod.metadata.name} out of: ${containerNames(pod)}`)
}

function defaultContainer(pod: Pod, warn: (text: string) => void): AnyContainer {
  const annotated = pod.metadata.annotations?.[defaultContainerAnnotation]
  if (annotated) {
    const found = allContainers(pod).find(({ name }) => name === annotated)
    if (found !== undefined) return found
    warn(`Default container name ${JSON.stringify(annotated)} not found in pod ${pod.metadata.name}\n`)
  }
  const [first] = pod.spec?.containers ?? []
  if (first === undefined) throw new CommandError(`no containers found in pod ${pod.metadata.name}`)
  if (allContainers(pod).length > 1) warn(`Defaulted container ${JSON.stringify(first.name)} out of: ${containerNames(pod)}\n`)
  return first
}

function containerNames({ spec }: Pod): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec ?? { containers: [] }
  return [
    ...containers.map(({ name }) => name),
    ...initContainers.map(({ name }) => `${name} (init)`),
    ...ephemeralContainers.map(({ name }) => `${name} (ephem)`),
  ].join(', ')
}
