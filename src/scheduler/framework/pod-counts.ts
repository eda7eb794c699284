/**
 * How many pods on each node a query means (a selector and namespaces), kept up to date with every pod that comes and goes.
 * A query is counted once over all pods when it is first asked, then never again. Queries that were not asked for long are
 * forgotten, so that their number stays limited.
 */
import { matches, type Selector } from '#meta/labels'
import type { NodeTable } from './node-table.ts'
import { NumberColumn } from './number-column.ts'
import type { PodFacts } from './pod-facts.ts'

/** Equal queries have equal keys. */
export type PodQuery = { readonly key: string; readonly isMeant: (pod: PodFacts) => boolean }

const queryCountMax = 4096

type Counted = { readonly query: PodQuery; readonly column: NumberColumn; total: number }

export type PodCount = { readonly column: NumberColumn; readonly total: number }

export class PodCounts {
  readonly #nodes: NodeTable
  /** In the order of use, the least recent first. */
  readonly #counted = new Map<string, Counted>()

  constructor(nodes: NodeTable) {
    this.#nodes = nodes
  }

  of(query: PodQuery): PodCount {
    const counted = this.#counted.get(query.key) ?? this.#count(query)
    this.#counted.delete(query.key)
    this.#counted.set(query.key, counted)
    return counted
  }

  add(slot: number, pod: PodFacts): void {
    this.#change(slot, pod, 1)
  }

  remove(slot: number, pod: PodFacts): void {
    this.#change(slot, pod, -1)
  }

  /** What queries mean has changed from outside: namespaces have other labels. */
  forgetAll(): void {
    this.#counted.clear()
  }

  #change(slot: number, pod: PodFacts, sign: 1 | -1): void {
    for (const counted of this.#counted.values()) {
      if (!counted.query.isMeant(pod)) continue
      counted.column.add(slot, sign)
      counted.total += sign
    }
  }

  #count(query: PodQuery): Counted {
    const counted: Counted = { query, column: new NumberColumn(), total: 0 }
    for (const slot of this.#nodes.slots) {
      for (const pod of this.#nodes.at(slot).pods.values()) {
        if (!query.isMeant(pod)) continue
        counted.column.add(slot, 1)
        counted.total++
      }
    }
    for (const key of this.#counted.keys()) {
      if (this.#counted.size < queryCountMax) break
      this.#counted.delete(key)
    }
    this.#counted.set(query.key, counted)
    return counted
  }
}

/** Pods of one namespace by their labels; pods on their way out do not count. */
export function livePodsQuery(namespace: string, selector: Selector, selectorText: string): PodQuery {
  return {
    key: `live|${namespace}|${selectorText}`,
    isMeant: (pod) => pod.namespace === namespace && !pod.isTerminating && matches(selector, pod.labels),
  }
}
