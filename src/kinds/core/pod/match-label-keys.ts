/** A new pod's own labels, put into the selectors that ask for them by key alone (upstream: applyMatchLabelKeysAndMismatchLabelKeys). */
import type { LabelSelector } from '#meta/types.gen'
import type { Pod, PodAffinity, PodAffinityTerm, PodSpec } from '../types.gen.ts'

type Labels = Readonly<Record<string, string>>

export function withMatchedLabels({ spec, metadata: { labels = {} } }: Pod): PodSpec {
  const { affinity, topologySpreadConstraints } = spec
  const { podAffinity, podAntiAffinity } = affinity ?? {}
  return {
    ...spec,
    ...(topologySpreadConstraints === undefined
      ? {}
      : { topologySpreadConstraints: topologySpreadConstraints.map((one) => withKeys(one, [one.matchLabelKeys, 'In'], labels)) }),
    ...(affinity === undefined
      ? {}
      : {
          affinity: {
            ...affinity,
            ...(podAffinity === undefined ? {} : { podAffinity: ofAffinity(podAffinity, labels) }),
            ...(podAntiAffinity === undefined ? {} : { podAntiAffinity: ofAffinity(podAntiAffinity, labels) }),
          },
        }),
  }
}

function ofAffinity(affinity: PodAffinity, labels: Labels): PodAffinity {
  const { requiredDuringSchedulingIgnoredDuringExecution: wanted, preferredDuringSchedulingIgnoredDuringExecution: preferred } = affinity
  return {
    ...affinity,
    ...(wanted === undefined ? {} : { requiredDuringSchedulingIgnoredDuringExecution: wanted.map((term) => ofTerm(term, labels)) }),
    ...(preferred === undefined
      ? {}
      : {
          preferredDuringSchedulingIgnoredDuringExecution: preferred.map((one) => ({
            ...one,
            podAffinityTerm: ofTerm(one.podAffinityTerm, labels),
          })),
        }),
  }
}

function ofTerm(term: PodAffinityTerm, labels: Labels): PodAffinityTerm {
  return withKeys(withKeys(term, [term.matchLabelKeys, 'In'], labels), [term.mismatchLabelKeys, 'NotIn'], labels)
}

/** Keys that the pod does not have say nothing. */
function withKeys<T extends { readonly labelSelector?: LabelSelector }>(
  owner: T,
  [keys = [], operator]: readonly [keys: readonly string[] | undefined, operator: 'In' | 'NotIn'],
  labels: Labels,
): T {
  const { labelSelector } = owner
  const added = keys.flatMap((key) => {
    const value = labels[key]
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })
  if (labelSelector === undefined || added.length === 0) return owner
  return { ...owner, labelSelector: { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...added] } }
}
