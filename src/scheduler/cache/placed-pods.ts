/**
 * Where each pod is: as the server told, or as the scheduler has decided and not yet heard back (assumed).
 * Keeps the cluster's columns in step.
 */
import type { Cluster } from '../framework/cluster.ts'
import type { PodFacts } from '../framework/pod-facts.ts'

type Placement = { readonly pod: PodFacts; readonly nodeName: string; readonly isAssumed: boolean }

export class PlacedPods {
  readonly #cluster: Cluster
  readonly #byUid = new Map<string, Placement>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  isAssumed(uid: string): boolean {
    return this.#byUid.get(uid)?.isAssumed ?? false
  }

  assume(pod: PodFacts, nodeName: string): void {
    this.#place({ pod, nodeName, isAssumed: true })
  }

  /** Gives back what `assume` took, unless the server has meanwhile confirmed it. */
  forget(uid: string): boolean {
    if (!this.isAssumed(uid)) return false
    this.#remove(uid)
    return true
  }

  /** The server says where the pod is. Returns what it said before: what was only assumed is news to those who wait. */
  told(pod: PodFacts, nodeName: string): PodFacts | undefined {
    const before = this.#byUid.get(pod.uid)
    this.#place({ pod, nodeName, isAssumed: false })
    return before?.isAssumed ? undefined : before?.pod
  }

  /** The pod is gone or has finished. Returns what was known of it. */
  gone(uid: string): PodFacts | undefined {
    return this.#remove(uid)?.pod
  }

  #place(placement: Placement): void {
    this.#remove(placement.pod.uid)
    this.#byUid.set(placement.pod.uid, placement)
    this.#cluster.addPod(placement.nodeName, placement.pod)
  }

  #remove(uid: string): Placement | undefined {
    const placement = this.#byUid.get(uid)
    if (placement === undefined) return undefined
    this.#byUid.delete(uid)
    this.#cluster.removePod(placement.nodeName, placement.pod)
    return placement
  }
}
