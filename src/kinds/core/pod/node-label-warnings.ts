/** Labels of nodes that have another name by now, wherever something chooses nodes by them (upstream: pkg/api/node/util.go). */
import type { FieldPath } from '#meta/field-path'
import type { LabelSelector } from '#meta/types.gen'
import type { NodeSelector, NodeSelectorTerm } from '../types.gen.ts'

const renamed: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
])

/** Of a map of labels. */
export function labelMapWarnings(labels: Readonly<Record<string, string>> | undefined, at: FieldPath): readonly string[] {
  return Object.keys(labels ?? {}).flatMap((key) => {
    const note = renamed.get(key)
    return note === undefined ? [] : [`${at.key(key)}: ${note}`]
  })
}

/** Of a topology, which names no label again. */
export function topologyKeyWarnings(key: string, at: FieldPath): readonly string[] {
  const note = renamed.get(key)
  return note === undefined ? [] : [`${at}: ${note}`]
}

export function labelSelectorWarnings({ matchLabels = {}, matchExpressions = [] }: LabelSelector, at: FieldPath): readonly string[] {
  return [
    ...matchExpressions.flatMap(({ key }, index) => labelKeyWarnings(key, at.field('matchExpressions').index(index).field('key'))),
    ...Object.keys(matchLabels).flatMap((key) => topologyKeyWarnings(key, at.field('matchLabels').field(key))),
  ]
}

/** Of a field that names a label. */
export function labelKeyWarnings(key: string, at: FieldPath): readonly string[] {
  const note = renamed.get(key)
  return note === undefined ? [] : [`${at}: ${key} is ${note}`]
}

export function nodeSelectorWarnings({ nodeSelectorTerms }: NodeSelector, at: FieldPath): readonly string[] {
  return (nodeSelectorTerms ?? []).flatMap((term, index) => nodeTermWarnings(term, at.field('nodeSelectorTerms').index(index)))
}

export function nodeTermWarnings({ matchExpressions = [] }: NodeSelectorTerm, at: FieldPath): readonly string[] {
  return matchExpressions.flatMap(({ key }, index) => labelKeyWarnings(key, at.field('matchExpressions').index(index).field('key')))
}
