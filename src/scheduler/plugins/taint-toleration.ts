/** Keeps pods off nodes with taints that they do not tolerate, and prefers nodes with fewer taints of the softer kind. */
import { isTolerated, untoleratedTaint } from '#domain/tolerations'
import { onNode } from '../framework/cluster-event.ts'
import type { FilterPlugin, ScorePlugin } from '../framework/plugin.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { normalizeToMaxReversed } from '../framework/scoring.ts'
import { pass, unresolvable } from '../framework/verdict.ts'

const hardEffects = ['NoSchedule', 'NoExecute']
const untolerated = unresolvable('node(s) had untolerated taint(s)')

export const taintToleration: FilterPlugin & ScorePlugin = {
  name: 'TaintToleration',
  wakesOn: [
    onNode('node-added', (pod, node) => toleratesAll(pod, node.spec?.taints)),
    onNode('node-taints-changed', (pod, node) => toleratesAll(pod, node.spec?.taints)),
  ],
  filter(pod, { nodes }) {
    return (slot) => (toleratesAll(pod, nodes.at(slot).taints) ? pass : untolerated)
  },
  score(pod, { nodes }, feasible) {
    const isSoft = ({ effect }: { readonly effect: string }) => effect === 'PreferNoSchedule'
    if (!feasible.some((slot) => nodes.at(slot).taints.some(isSoft))) return undefined
    // As upstream: only tolerations without effect, or with this one, count against soft taints.
    const tolerations = (pod.pod.spec?.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule')
    return {
      score: (slot) => nodes.at(slot).taints.filter((taint) => isSoft(taint) && !isTolerated(taint, tolerations)).length,
      normalize: normalizeToMaxReversed,
    }
  },
}

function toleratesAll(pod: PodFacts, taints: Parameters<typeof untoleratedTaint>[0]): boolean {
  return untoleratedTaint(taints, pod.pod.spec?.tolerations, hardEffects) === undefined
}
