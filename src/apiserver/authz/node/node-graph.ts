/**
 * Which nodes need which objects: by the pods that are bound to them, by the volumes of those pods' claims, and by
 * the attachments and slices that name them. Kept up to date change by change.
 */
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ResourceSlice } from '#kinds/resource/resource-slice.kind'
import { VolumeAttachment } from '#kinds/storage/volume-attachment.kind'
import type { Change, ChangeFeed } from '../change-feed.ts'
import { type ReferenceKind, referencesOf } from './pod-references.ts'
import { claimOf, secretsOf } from './volume-references.ts'

const mirrorAnnotation = 'kubernetes.io/config.mirror'

export type NeededKind = ReferenceKind | 'pods' | 'persistentvolumes' | 'volumeattachments' | 'resourceslices'

export class NodeGraph {
  /** What pods refer to -> nodes. */
  readonly #nodes = new Links()
  /** Volume, or secret of a volume -> claims. */
  readonly #claims = new Links()
  readonly #nodeOfAttachment = new Map<string, string>()
  readonly #nodeOfSlice = new Map<string, string | undefined>()

  follow(feed: ChangeFeed): Disposable {
    const stack = new DisposableStack()
    stack.use(feed.follow(Pod, (change) => this.#followPod(change)))
    stack.use(feed.follow(PersistentVolume, (change) => this.#followVolume(change)))
    stack.use(feed.follow(VolumeAttachment, (change) => this.#followAttachment(change)))
    stack.use(feed.follow(ResourceSlice, (change) => this.#followSlice(change)))
    return stack
  }

  /** Whether something on the node refers to the object. */
  isNeeded(nodeName: string, kind: NeededKind, namespace: string, name: string): boolean {
    if (kind === 'volumeattachments') return this.#nodeOfAttachment.get(name) === nodeName
    if (kind === 'resourceslices') return this.#nodeOfSlice.get(name) === nodeName
    const key = keyOf(kind, namespace, name)
    return this.#nodes.has(key, nodeName) || this.#claims.of(key).some((claim) => this.#nodes.has(claim, nodeName))
  }

  #followPod({ old, next }: Change<Pod>): void {
    for (const key of keysOfPod(next)) this.#nodes.add(key, nodeOf(next))
    for (const key of keysOfPod(old)) this.#nodes.remove(key, nodeOf(old))
  }

  #followVolume({ old, next }: Change<PersistentVolume>): void {
    for (const [key, claim] of linksOfVolume(next)) this.#claims.add(key, claim)
    for (const [key, claim] of linksOfVolume(old)) this.#claims.remove(key, claim)
  }

  #followAttachment({ old, next }: Change<VolumeAttachment>): void {
    if (next !== undefined) this.#nodeOfAttachment.set(next.metadata.name ?? '', next.spec.nodeName)
    else this.#nodeOfAttachment.delete(old?.metadata.name ?? '')
  }

  #followSlice({ old, next }: Change<ResourceSlice>): void {
    if (next !== undefined) this.#nodeOfSlice.set(next.metadata.name ?? '', next.spec.nodeName)
    else this.#nodeOfSlice.delete(old?.metadata.name ?? '')
  }
}

/** Pairs of keys, each with the number of objects that make it. */
class Links {
  readonly #targets = new Map<string, Map<string, number>>()

  has(from: string, to: string): boolean {
    return this.#targets.get(from)?.has(to) ?? false
  }

  of(from: string): readonly string[] {
    return [...(this.#targets.get(from)?.keys() ?? [])]
  }

  add(from: string, to: string): void {
    const targets = this.#targets.get(from) ?? new Map<string, number>()
    targets.set(to, (targets.get(to) ?? 0) + 1)
    this.#targets.set(from, targets)
  }

  remove(from: string, to: string): void {
    const targets = this.#targets.get(from)
    const left = (targets?.get(to) ?? 0) - 1
    if (left > 0) targets?.set(to, left)
    else targets?.delete(to)
    if (targets?.size === 0) this.#targets.delete(from)
  }
}

function nodeOf(pod: Pod | undefined): string {
  return pod?.spec?.nodeName ?? ''
}

/** A mirror pod was made by the node itself: what it names must not open doors. */
function keysOfPod(pod: Pod | undefined): ReadonlySet<string> {
  const keys = new Set<string>()
  if (pod === undefined || nodeOf(pod) === '') return keys
  const { namespace = '', name = '', annotations } = pod.metadata
  keys.add(keyOf('pods', namespace, name))
  if (annotations?.[mirrorAnnotation] !== undefined) return keys
  for (const reference of referencesOf(pod)) keys.add(keyOf(reference.kind, namespace, reference.name))
  return keys
}

function linksOfVolume(volume: PersistentVolume | undefined): ReadonlyMap<string, string> {
  const claim = volume === undefined ? undefined : claimOf(volume)
  if (volume === undefined || claim === undefined) return new Map()
  const claimKey = keyOf('persistentvolumeclaims', claim.namespace, claim.name)
  const secrets = [...secretsOf(volume)].map(({ namespace, name }) => keyOf('secrets', namespace, name))
  return new Map([keyOf('persistentvolumes', '', volume.metadata.name ?? ''), ...secrets].map((key) => [key, claimKey]))
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`
}
