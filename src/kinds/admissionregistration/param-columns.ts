/** Parameters of policies and their bindings in table cells. */
import type { KubeObject } from '#meta/object'
import type { Column } from '#meta/table'
import type { LabelSelector } from '#meta/types.gen'
import type { ParamKind, ParamRef } from './types.gen.ts'

export function paramRefText(reference: ParamRef | undefined): string {
  if (reference === undefined) return '<unset>'
  const { name = '', namespace = '', selector } = reference
  if (name !== '') return namespace === '' ? `*/${name}` : `${namespace}/${name}`
  return selector === undefined ? '<unset>' : goText(selector)
}

/** The kind that parameters of a policy are of. */
export const paramKindColumn: Column<KubeObject & { readonly spec: { readonly paramKind?: ParamKind } }> = {
  name: 'ParamKind',
  type: 'string',
  description: 'ParamKind specifies the kind of resources used to parameterize this policy',
  cell: ({ spec: { paramKind } }) => (paramKind === undefined ? '<unset>' : `${paramKind.apiVersion}/${paramKind.kind}`),
}

/** A selector as upstream prints it here: as Go does. */
function goText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  const map = `map[string]string{${labels.map(([key, value]) => `${key}: ${value},`).join('')}}`
  return `&LabelSelector{MatchLabels:${map},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}
