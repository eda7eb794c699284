/** Which nodes a pod asks for: `nodeSelector`, node affinity, and the node selectors of volumes. */
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '#kinds/core/types.gen'
import { type LabelOperator, type LabelRequirement, type Labels, matches, type Selector, selectorOfMap } from '#meta/labels'

/** What of a node can be asked for. */
export type NodeIdentity = { readonly name: string; readonly labels: Labels }

/** Selectors are read once and asked of many nodes. */
export type NodeMatcher = (node: NodeIdentity) => boolean

/** What `nodeSelector` and the required terms ask for together; undefined where any node will do. */
export function requiredNodeMatcher(spec: Pick<PodSpec, 'nodeSelector' | 'affinity'>): NodeMatcher | undefined {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const labels = Object.keys(spec.nodeSelector ?? {}).length === 0 ? undefined : selectorOfMap(spec.nodeSelector)
  const terms = required === undefined ? undefined : nodeSelectorMatcher(required)
  if (labels === undefined) return terms
  return (node) => matches(labels, node.labels) && (terms?.(node) ?? true)
}

/** One of the terms has to match; none at all match nothing. */
export function nodeSelectorMatcher(selector: NodeSelector): NodeMatcher {
  const terms = selector.nodeSelectorTerms.map(nodeTermMatcher)
  return (node) => terms.some((term) => term(node))
}

/** All of a term's requirements have to hold; a term without any matches nothing. */
export function nodeTermMatcher({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): NodeMatcher {
  if (matchExpressions.length + matchFields.length === 0) return () => false
  const onLabels = requirementsOf(matchExpressions)
  const onFields = requirementsOf(matchFields)
  return (node) => matches(onLabels, node.labels) && (onFields.length === 0 || matches(onFields, { 'metadata.name': node.name }))
}

/** The only nodes that can match, where every term names one by `metadata.name`; undefined otherwise. */
export function namedNodes(selector: NodeSelector | undefined): ReadonlySet<string> | undefined {
  if (selector === undefined) return undefined
  const names = new Set<string>()
  for (const { matchFields = [] } of selector.nodeSelectorTerms) {
    const wanted = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In').map(({ values }) => values?.[0])
    const [first] = wanted
    if (first === undefined) return undefined
    if (wanted.every((name) => name === first)) names.add(first)
  }
  return names
}

const operators: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
}

function requirementsOf(requirements: readonly NodeSelectorRequirement[]): Selector {
  // An operator that nobody knows holds nowhere: `in` without values.
  return requirements.map(
    ({ key, operator, values = [] }): LabelRequirement =>
      operators[operator] === undefined ? { key, operator: 'in', values: [] } : { key, operator: operators[operator], values },
  )
}
