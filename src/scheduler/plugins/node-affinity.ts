/** Nodes that the pod asks for by `nodeSelector` and node affinity, and those that the administrator adds for a whole profile. */
import { namedNodes, nodeSelectorMatcher, nodeTermMatcher, requiredNodeMatcher } from '#domain/node-affinity'
import type { Node, NodeAffinity, PreferredSchedulingTerm } from '#kinds/core/types.gen'
import { onNode } from '../framework/cluster-event.ts'
import type { FilterPlugin, ScorePlugin } from '../framework/plugin.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { normalizeToMax } from '../framework/scoring.ts'
import { pass, unresolvable } from '../framework/verdict.ts'

const notWanted = unresolvable("node(s) didn't match Pod's node affinity/selector")
const notEnforced = unresolvable("node(s) didn't match scheduler-enforced node affinity")
const contradiction = unresolvable('pod affinity terms conflict')

/** `added` holds for every pod of the profile, beside what the pod asks for itself. */
export function nodeAffinity(added: NodeAffinity = {}): FilterPlugin & ScorePlugin {
  const { requiredDuringSchedulingIgnoredDuringExecution: enforced } = added
  const isEnforced = enforced === undefined ? undefined : nodeSelectorMatcher(enforced)
  const wants = (pod: PodFacts, { metadata: { name = '', labels = {} } }: Node) =>
    requiredNodeMatcher(pod.pod.spec ?? {})?.({ name, labels }) ?? true
  return {
    name: 'NodeAffinity',
    wakesOn: [onNode('node-added', wants), onNode('node-labels-changed', wants)],
    filter(pod, { nodes }) {
      const isWanted = requiredNodeMatcher(pod.pod.spec ?? {})
      if (isWanted === undefined && isEnforced === undefined) return undefined
      const only = namedNodes(pod.pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution)
      if (only?.size === 0) return contradiction
      const filter = (slot: number) => {
        const node = nodes.at(slot)
        if (isEnforced !== undefined && !isEnforced(node)) return notEnforced
        return isWanted === undefined || isWanted(node) ? pass : notWanted
      }
      return only === undefined ? filter : { only, filter }
    },
    score(pod, { nodes }) {
      const terms = [...preferredTerms(pod.pod.spec?.affinity?.nodeAffinity), ...preferredTerms(added)]
      if (terms.length === 0) return undefined
      return {
        score: (slot) => terms.reduce((sum, { weight, isMet }) => sum + (isMet(nodes.at(slot)) ? weight : 0), 0),
        normalize: normalizeToMax,
      }
    },
  }
}

function preferredTerms(affinity: NodeAffinity | undefined) {
  const terms = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  return terms
    .filter(({ weight, preference }) => weight !== 0 && !isEmpty(preference))
    .map(({ weight, preference }) => ({ weight, isMet: nodeTermMatcher(preference) }))
}

function isEmpty({ matchExpressions = [], matchFields = [] }: PreferredSchedulingTerm['preference']): boolean {
  return matchExpressions.length + matchFields.length === 0
}
