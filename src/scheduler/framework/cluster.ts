/**
 * Everything that decisions read: nodes, the pods on them, counts of pods by selector, and nominations. Changed by events
 * and by the scheduler's own decisions.
 *
 * Invariant: a pod is in the table at most once, on the node that was last told or assumed.
 */
import type { Node } from '#kinds/core/types.gen'
import type { NamespaceLabels } from './affinity-terms.ts'
import { ImageIndex } from './image-index.ts'
import { NodeTable } from './node-table.ts'
import { Nominations } from './nominations.ts'
import { PodCounts } from './pod-counts.ts'
import type { PodFacts } from './pod-facts.ts'
import { TermCounts } from './term-counts.ts'
import { TopologyColumns } from './topology-columns.ts'

export class Cluster {
  readonly nodes = new NodeTable()
  readonly images = new ImageIndex()
  readonly topologies = new TopologyColumns(this.nodes)
  readonly podCounts: PodCounts
  readonly termCounts = new TermCounts()
  readonly nominations = new Nominations()
  readonly namespaceLabels: NamespaceLabels
  /** Pods on nodes that are not known, or no longer: they count again when the node appears. */
  readonly #strays = new Map<string, Map<string, PodFacts>>()

  constructor(namespaceLabels: NamespaceLabels) {
    this.namespaceLabels = namespaceLabels
    this.podCounts = new PodCounts(this.nodes)
  }

  putNode(node: Node): void {
    const name = node.metadata.name ?? ''
    const slot = this.nodes.put(node)
    this.images.put(slot, node)
    this.topologies.changed(slot)
    const strays = this.#strays.get(name)
    this.#strays.delete(name)
    for (const pod of strays?.values() ?? []) this.#count(slot, pod)
  }

  removeNode(name: string): void {
    const slot = this.nodes.slotOf(name)
    if (slot === undefined) return
    const pods = [...this.nodes.at(slot).pods.values()]
    for (const pod of pods) this.#uncount(slot, pod)
    if (pods.length > 0) this.#strays.set(name, new Map(pods.map((pod) => [pod.uid, pod])))
    this.images.remove(slot)
    this.nodes.remove(name)
    this.topologies.changed(slot)
  }

  addPod(nodeName: string, pod: PodFacts): void {
    const slot = this.nodes.slotOf(nodeName)
    if (slot !== undefined) return this.#count(slot, pod)
    let strays = this.#strays.get(nodeName)
    if (strays === undefined) this.#strays.set(nodeName, (strays = new Map()))
    strays.set(pod.uid, pod)
  }

  removePod(nodeName: string, pod: PodFacts): void {
    const slot = this.nodes.slotOf(nodeName)
    if (slot !== undefined) return this.#uncount(slot, pod)
    const strays = this.#strays.get(nodeName)
    strays?.delete(pod.uid)
    if (strays?.size === 0) this.#strays.delete(nodeName)
  }

  #count(slot: number, pod: PodFacts): void {
    this.nodes.addPod(slot, pod)
    this.podCounts.add(slot, pod)
    this.termCounts.add(slot, pod)
  }

  #uncount(slot: number, pod: PodFacts): void {
    this.nodes.removePod(slot, pod)
    this.podCounts.remove(slot, pod)
    this.termCounts.remove(slot, pod)
  }
}
