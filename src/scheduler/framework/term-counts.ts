/**
 * The affinity terms of the pods that are placed, each with the number of such pods on each node: what placed pods demand of
 * a new one is looked up by term instead of by pod.
 */
import type { AffinityTerm, AffinityTerms } from './affinity-terms.ts'
import { NumberColumn } from './number-column.ts'
import type { PodFacts } from './pod-facts.ts'

export type TermKind = 'required' | 'requiredAnti' | 'preferred'

/** For preferred terms `column` adds up weights, for the others it counts pods. */
export type CountedTerm = { readonly term: AffinityTerm; readonly column: NumberColumn; podCount: number }

export class TermCounts {
  readonly #terms: Readonly<Record<TermKind, Map<string, CountedTerm>>> = {
    required: new Map(),
    requiredAnti: new Map(),
    preferred: new Map(),
  }

  of(kind: TermKind): IterableIterator<CountedTerm> {
    return this.#terms[kind].values()
  }

  add(slot: number, pod: PodFacts): void {
    this.#change(slot, pod.affinity, 1)
  }

  remove(slot: number, pod: PodFacts): void {
    this.#change(slot, pod.affinity, -1)
  }

  #change(slot: number, affinity: AffinityTerms, sign: 1 | -1): void {
    for (const term of affinity.required) this.#count('required', term, slot, sign, 1)
    for (const term of affinity.requiredAnti) this.#count('requiredAnti', term, slot, sign, 1)
    for (const { term, weight } of affinity.preferred) this.#count('preferred', term, slot, sign, weight)
  }

  #count(kind: TermKind, term: AffinityTerm, slot: number, sign: 1 | -1, weight: number): void {
    const terms = this.#terms[kind]
    let counted = terms.get(term.key)
    if (counted === undefined) terms.set(term.key, (counted = { term, column: new NumberColumn(), podCount: 0 }))
    counted.column.add(slot, sign * weight)
    counted.podCount += sign
    if (counted.podCount === 0) terms.delete(term.key)
  }
}
