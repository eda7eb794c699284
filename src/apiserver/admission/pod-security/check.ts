/** One rule of the Pod Security Standards: what it finds wrong with a pod, in upstream's words. Pure. */
import type { Container, PodSpec } from '#kinds/core/types.gen'
import type { ObjectMeta } from '#meta/types.gen'

export type PodUnderTest = { readonly metadata: ObjectMeta; readonly spec: PodSpec }

/** Why a pod is not allowed: the rule, and who breaks it. */
export type Finding = { readonly reason: string; readonly detail: string }

export type Check = {
  readonly id: string
  /** The minor version of Kubernetes from which on the rule holds. */
  readonly sinceMinor: number
  /** The milder rule of the same matter, which this one replaces. */
  readonly replaces?: string
  /** `minor` is the version of the level that is asked for: some lists of what is allowed have grown. */
  readonly find: (pod: PodUnderTest, minor: number) => Finding | undefined
}

/** What all sorts of containers share. */
export type AnyContainer = Pick<
  Container,
  'name' | 'securityContext' | 'ports' | 'livenessProbe' | 'readinessProbe' | 'startupProbe' | 'lifecycle'
>

export function containersOf({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec): readonly AnyContainer[] {
  return [...initContainers, ...containers, ...ephemeralContainers]
}

export function namesWhere(spec: PodSpec, isBad: (container: AnyContainer) => boolean): readonly string[] {
  return containersOf(spec)
    .filter(isBad)
    .map((container) => container.name)
}

/** `container "a"`, `containers "a", "b"`. */
export function containersText(names: readonly string[]): string {
  return `${plural('container', names.length)} ${quoted(names)}`
}

/** The pod itself and its containers, as far as they are guilty: `pod and container "a"`. */
export function settersText(isPodBad: boolean, containerNames: readonly string[]): string {
  return [...(isPodBad ? ['pod'] : []), ...(containerNames.length > 0 ? [containersText(containerNames)] : [])].join(' and ')
}

export function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`
}

export function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(', ')
}

export function distinctSorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}
