/** What selectors ask of an object. */
import type { Kind } from '#meta/kind'
import type { Labels } from '#meta/labels'
import type { KubeObject } from '#meta/object'

export type SelectorFacts = {
  readonly labels: Labels | undefined
  readonly name: string
  readonly namespace: string
  /** The values of the kind's selectable fields, in their order. */
  readonly fields: readonly string[]
}

export interface FactReader {
  readonly read: (object: KubeObject) => SelectorFacts
  /** How a field's value is found; undefined for a field that the kind does not offer. */
  readonly valueOf: (field: string) => ((facts: SelectorFacts) => string) | undefined
}

export function factReader(kind: Kind): FactReader {
  const names = Object.keys(kind.selectableFields)
  const readers = Object.values(kind.selectableFields)

  function valueOf(field: string): ((facts: SelectorFacts) => string) | undefined {
    if (field === 'metadata.name') return ({ name }) => name
    if (field === 'metadata.namespace' && kind.scope === 'Namespaced') return ({ namespace }) => namespace
    const index = names.indexOf(field)
    return index < 0 ? undefined : ({ fields }) => fields[index] ?? ''
  }

  return {
    read: (object) => ({
      labels: object.metadata.labels,
      name: object.metadata.name ?? '',
      namespace: object.metadata.namespace ?? '',
      fields: readers.map((read) => read(object)),
    }),
    valueOf,
  }
}
