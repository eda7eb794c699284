/** A column of nodes added up over the values of a node label: numbers only, no pods. */
import type { Cluster } from '../framework/cluster.ts'
import type { NumberColumn } from '../framework/number-column.ts'
import { noDomain } from '../framework/topology-columns.ts'

export class DomainSums {
  readonly #domains: Int32Array
  readonly #sums: Float64Array
  /** Over all nodes that are in a domain. */
  readonly total: number
  readonly isEmpty: boolean

  constructor(domains: Int32Array, sums: Float64Array) {
    this.#domains = domains
    this.#sums = sums
    this.total = sums.reduce((a, b) => a + b, 0)
    this.isEmpty = sums.every((sum) => sum === 0)
  }

  domainOf(slot: number): number {
    return this.#domains[slot] ?? noDomain
  }

  /** The sum of the node's domain; 0 for a node without one. */
  at(slot: number): number {
    return this.#sums[this.domainOf(slot)] ?? 0
  }
}

export function sumsByDomain({ nodes, topologies }: Cluster, topologyKey: string, column: NumberColumn): DomainSums {
  const { domains, domainCount } = topologies.of(topologyKey)
  const sums = new Float64Array(domainCount)
  for (const slot of nodes.slots) {
    const domain = domains[slot] ?? noDomain
    if (domain !== noDomain) sums[domain] = (sums[domain] ?? 0) + column.get(slot)
  }
  return new DomainSums(domains, sums)
}
