/** A pod's affinity and anti-affinity to other pods, read once: which pods each term means. */
import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '#kinds/core/types.gen'
import { formatSelector, type Labels, matches, type Selector, selectorOrNothing } from '#meta/labels'

/** Equal terms of different pods have the same `key`, so that they are counted together. */
export type AffinityTerm = {
  readonly key: string
  readonly topologyKey: string
  readonly selector: Selector
  readonly namespaces: ReadonlySet<string>
  /** Namespaces by their labels, beside `namespaces`; undefined for none. */
  readonly namespaceSelector: Selector | undefined
}

export type WeightedTerm = { readonly term: AffinityTerm; readonly weight: number }

export type AffinityTerms = {
  readonly required: readonly AffinityTerm[]
  readonly requiredAnti: readonly AffinityTerm[]
  /** Anti-affinity has negative weights. */
  readonly preferred: readonly WeightedTerm[]
}

/** Labels of a namespace; undefined where it is not known. */
export type NamespaceLabels = (namespace: string) => Labels | undefined

const noTerms: AffinityTerms = { required: [], requiredAnti: [], preferred: [] }

export function affinityTermsOf(pod: Pod): AffinityTerms {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
  if (podAffinity === undefined && podAntiAffinity === undefined) return noTerms
  const read = (terms: readonly PodAffinityTerm[] | undefined) => (terms ?? []).map((term) => termOf(term, pod))
  const readWeighted = (terms: readonly WeightedPodAffinityTerm[] | undefined, sign: 1 | -1) =>
    (terms ?? []).map(({ weight, podAffinityTerm }) => ({ term: termOf(podAffinityTerm, pod), weight: sign * weight }))
  return {
    required: read(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAnti: read(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: [
      ...readWeighted(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, 1),
      ...readWeighted(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, -1),
    ],
  }
}

/** Whether a pod with these labels in this namespace is one that the term means. */
export function isMeant(term: AffinityTerm, namespace: string, labels: Labels, namespaceLabels: NamespaceLabels): boolean {
  return matches(term.selector, labels) && isNamespaceMeant(term, namespace, namespaceLabels)
}

function isNamespaceMeant(term: AffinityTerm, namespace: string, namespaceLabels: NamespaceLabels): boolean {
  if (term.namespaces.has(namespace)) return true
  if (term.namespaceSelector === undefined) return false
  if (term.namespaceSelector.length === 0) return true
  const labels = namespaceLabels(namespace)
  return labels !== undefined && matches(term.namespaceSelector, labels)
}

function termOf(term: PodAffinityTerm, pod: Pod): AffinityTerm {
  const { topologyKey, labelSelector, namespaceSelector, namespaces = [] } = term
  const own = namespaces.length === 0 && namespaceSelector === undefined
  const names = own ? [pod.metadata.namespace ?? ''] : namespaces.toSorted()
  const selector = [...selectorOrNothing(labelSelector), ...ownLabels(term, pod)]
  const byLabels = namespaceSelector === undefined ? undefined : selectorOrNothing(namespaceSelector)
  const key = [topologyKey, names.join(','), byLabels === undefined ? '-' : formatSelector(byLabels), formatSelector(selector)].join('|')
  return { key, topologyKey, selector, namespaces: new Set(names), namespaceSelector: byLabels }
}

/** `matchLabelKeys` narrow the selector by the pod's own labels. Saying it again where the API server has done so changes nothing. */
function ownLabels({ matchLabelKeys = [], mismatchLabelKeys = [] }: PodAffinityTerm, { metadata: { labels = {} } }: Pod): Selector {
  const requirementsOf = (keys: readonly string[], operator: 'in' | 'notin') =>
    keys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator, values: [labels[key] ?? ''] }))
  return [...requirementsOf(matchLabelKeys, 'in'), ...requirementsOf(mismatchLabelKeys, 'notin')]
}
