/**
 * The nodes and what is taken of them, as columns of numbers by slot. A slot is a node's index for as long as the node
 * is there, and is used again afterwards.
 *
 * Invariants: `slots` lists exactly the slots in use; what pods take is added up in the columns at all times, so no filter
 * looks at pods. Decisions never wait in between, so the table is its own snapshot.
 */
import { resourceAmount } from '#domain/pod-requests'
import type { Node, Taint } from '#kinds/core/types.gen'
import type { Labels } from '#meta/labels'
import { TakenPorts } from './host-ports.ts'
import { NumberColumn } from './number-column.ts'
import type { PodFacts } from './pod-facts.ts'

/** What a filter reads of one node besides numbers. */
export type NodeFacts = {
  readonly node: Node
  readonly name: string
  readonly labels: Labels
  readonly taints: readonly Taint[]
  readonly isUnschedulable: boolean
  readonly ports: TakenPorts
  readonly pods: Map<string, PodFacts>
  /** How many of the pods have each priority. */
  readonly priorities: Map<number, number>
}

export type ResourceColumns = { readonly allocatable: NumberColumn; readonly requested: NumberColumn; readonly assumed: NumberColumn }

export class NodeTable {
  readonly #slotByName = new Map<string, number>()
  readonly #facts: (NodeFacts | undefined)[] = []
  readonly #freeSlots: number[] = []
  readonly #resources = new Map<string, ResourceColumns>()
  #slots: readonly number[] = []
  readonly podCount = new NumberColumn()
  readonly podCountMax = new NumberColumn()

  /** The slots in use, in a stable order. */
  get slots(): readonly number[] {
    return this.#slots
  }

  slotOf(name: string): number | undefined {
    return this.#slotByName.get(name)
  }

  has(slot: number): boolean {
    return this.#facts[slot] !== undefined
  }

  at(slot: number): NodeFacts {
    const facts = this.#facts[slot]
    if (facts === undefined) throw new RangeError(`no node in slot ${slot}`)
    return facts
  }

  /** The columns of a resource; all 0 where no node has it. */
  resource(name: string): ResourceColumns {
    let columns = this.#resources.get(name)
    if (columns === undefined) {
      columns = { allocatable: new NumberColumn(), requested: new NumberColumn(), assumed: new NumberColumn() }
      this.#resources.set(name, columns)
    }
    return columns
  }

  /** Adds a node or takes over its new state; pods on it stay. Returns its slot. */
  put(node: Node): number {
    const name = node.metadata.name ?? ''
    const known = this.#slotByName.get(name)
    const slot = known ?? this.#freeSlots.pop() ?? this.#facts.length
    const old = known === undefined ? undefined : this.#facts[slot]
    this.#facts[slot] = {
      node,
      name,
      labels: node.metadata.labels ?? {},
      taints: node.spec?.taints ?? [],
      isUnschedulable: node.spec?.unschedulable ?? false,
      ports: old?.ports ?? new TakenPorts(),
      pods: old?.pods ?? new Map(),
      priorities: old?.priorities ?? new Map(),
    }
    if (known === undefined) {
      this.#slotByName.set(name, slot)
      this.#slots = [...this.#slots, slot]
    }
    this.#setAllocatable(slot, node)
    return slot
  }

  /** The pods on it have to be removed first. */
  remove(name: string): void {
    const slot = this.#slotByName.get(name)
    if (slot === undefined) return
    for (const { allocatable } of this.#resources.values()) allocatable.set(slot, 0)
    this.podCountMax.set(slot, 0)
    this.#slotByName.delete(name)
    this.#facts[slot] = undefined
    this.#slots = this.#slots.filter((one) => one !== slot)
    this.#freeSlots.push(slot)
  }

  addPod(slot: number, pod: PodFacts): void {
    const { pods, ports } = this.at(slot)
    pods.set(pod.uid, pod)
    for (const port of pod.hostPorts) ports.take(port)
    this.#count(slot, pod, 1)
  }

  removePod(slot: number, pod: PodFacts): void {
    const { pods, ports } = this.at(slot)
    if (!pods.delete(pod.uid)) return
    for (const port of pod.hostPorts) ports.release(port)
    this.#count(slot, pod, -1)
  }

  #count(slot: number, pod: PodFacts, sign: 1 | -1): void {
    const { priorities } = this.at(slot)
    const sameCount = (priorities.get(pod.priority) ?? 0) + sign
    if (sameCount === 0) priorities.delete(pod.priority)
    else priorities.set(pod.priority, sameCount)
    this.podCount.add(slot, sign)
    for (const [name, amount] of pod.requests) this.resource(name).requested.add(slot, sign * amount)
    for (const [name, amount] of pod.assumedRequests) this.resource(name).assumed.add(slot, sign * amount)
  }

  #setAllocatable(slot: number, node: Node): void {
    const amounts = node.status?.allocatable ?? {}
    for (const name of Object.keys(amounts)) if (name !== 'pods') this.resource(name)
    for (const [name, { allocatable }] of this.#resources) {
      const quantity = amounts[name]
      allocatable.set(slot, quantity === undefined ? 0 : resourceAmount(name, quantity))
    }
    const pods = amounts['pods']
    this.podCountMax.set(slot, pods === undefined ? 0 : resourceAmount('pods', pods))
  }
}
