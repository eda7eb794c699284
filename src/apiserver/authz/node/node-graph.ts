/** Which nodes need which objects, by the pods that are bound to them; kept up to date pod by pod. */
import { Pod } from '#kinds/core/pod/pod.kind'
import type { Change, ChangeFeed } from '../change-feed.ts'
import { type ReferenceKind, referencesOf } from './pod-references.ts'

const mirrorAnnotation = 'kubernetes.io/config.mirror'

export class NodeGraph {
  /** Reference -> node -> how many pods of that node have it. */
  readonly #nodes = new Map<string, Map<string, number>>()

  follow(feed: ChangeFeed): Disposable {
    return feed.follow(Pod, (change) => this.replace(change))
  }

  replace({ old, next }: Change<Pod>): void {
    for (const key of keysOf(old)) this.#count(key, nodeOf(old), -1)
    for (const key of keysOf(next)) this.#count(key, nodeOf(next), 1)
  }

  /** Whether a pod on the node refers to the object. */
  isNeeded(nodeName: string, kind: ReferenceKind | 'pods', namespace: string, name: string): boolean {
    return this.#nodes.get(keyOf(kind, namespace, name))?.has(nodeName) ?? false
  }

  #count(key: string, nodeName: string, by: number): void {
    const nodes = this.#nodes.get(key) ?? new Map<string, number>()
    const count = (nodes.get(nodeName) ?? 0) + by
    if (count > 0) nodes.set(nodeName, count)
    else nodes.delete(nodeName)
    if (nodes.size > 0) this.#nodes.set(key, nodes)
    else this.#nodes.delete(key)
  }
}

function nodeOf(pod: Pod | undefined): string {
  return pod?.spec?.nodeName ?? ''
}

/** A mirror pod was made by the node itself: what it names must not open doors. */
function keysOf(pod: Pod | undefined): ReadonlySet<string> {
  const keys = new Set<string>()
  if (pod === undefined || nodeOf(pod) === '') return keys
  const { namespace = '', name = '', annotations } = pod.metadata
  keys.add(keyOf('pods', namespace, name))
  if (annotations?.[mirrorAnnotation] !== undefined) return keys
  for (const reference of referencesOf(pod)) keys.add(keyOf(reference.kind, namespace, reference.name))
  return keys
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`
}
