/**
 * For each topology key (a node label such as `topology.kubernetes.io/zone`) the number of the domain that each node is in.
 * Columns are made when first asked for, and again after a node's labels changed.
 */
import type { NodeTable } from './node-table.ts'

/** In place of a domain, where a node lacks the label. */
export const noDomain = -1

export type TopologyColumn = {
  /** By slot. */
  readonly domains: Int32Array
  readonly domainCount: number
}

type Column = { domains: Int32Array; readonly numbers: Map<string, number>; readonly stale: Set<number> }

export class TopologyColumns {
  readonly #nodes: NodeTable
  readonly #columns = new Map<string, Column>()

  constructor(nodes: NodeTable) {
    this.#nodes = nodes
  }

  /** The node in `slot` came, went, or has other labels. */
  changed(slot: number): void {
    for (const { stale } of this.#columns.values()) stale.add(slot)
  }

  of(topologyKey: string): TopologyColumn {
    let column = this.#columns.get(topologyKey)
    if (column === undefined) {
      column = { domains: new Int32Array(64), numbers: new Map(), stale: new Set(this.#nodes.slots) }
      this.#columns.set(topologyKey, column)
    }
    for (const slot of column.stale) this.#refresh(column, slot, topologyKey)
    column.stale.clear()
    return { domains: column.domains, domainCount: column.numbers.size }
  }

  #refresh(column: Column, slot: number, topologyKey: string): void {
    if (slot >= column.domains.length) {
      const larger = new Int32Array(Math.max(column.domains.length * 2, slot + 1))
      larger.set(column.domains)
      column.domains = larger
    }
    const value = this.#nodes.has(slot) ? this.#nodes.at(slot).labels[topologyKey] : undefined
    column.domains[slot] = value === undefined ? noDomain : numberOf(column.numbers, value)
  }
}

/** Numbers are never given back: a domain that lost all its nodes has no slot and so counts nowhere. */
function numberOf(numbers: Map<string, number>, value: string): number {
  let number = numbers.get(value)
  if (number === undefined) numbers.set(value, (number = numbers.size))
  return number
}
