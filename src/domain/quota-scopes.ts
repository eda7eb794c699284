/** Which pods a quota is about. Quotas with scopes are about pods only. Pure. */
import type { Pod } from '#kinds/core/pod/pod.kind'
import { qosClassOf } from '#kinds/core/pod/qos-class'
import type { ResourceQuota } from '#kinds/core/resource-quota.kind'
import type { ScopedResourceSelectorRequirement } from '#kinds/core/types.gen'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'

export function isInScope(quota: ResourceQuota, kind: Kind, object: KubeObject): boolean {
  const requirements = requirementsOf(quota)
  if (requirements.length === 0) return true
  if (kind.group !== '' || kind.plural !== 'pods') return false
  return requirements.every((requirement) => matches(requirement, object as Pod))
}

function requirementsOf({ spec }: ResourceQuota): readonly ScopedResourceSelectorRequirement[] {
  const named = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }))
  return [...named, ...(spec?.scopeSelector?.matchExpressions ?? [])]
}

function matches({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, pod: Pod): boolean {
  switch (scopeName) {
    case 'Terminating':
      return isTerminating(pod)
    case 'NotTerminating':
      return !isTerminating(pod)
    case 'BestEffort':
      return qosClassOf(pod) === 'BestEffort'
    case 'NotBestEffort':
      return qosClassOf(pod) !== 'BestEffort'
    case 'PriorityClass':
      return matchesClass(pod.spec.priorityClassName ?? '', operator, values)
    case 'CrossNamespacePodAffinity':
      return looksAcrossNamespaces(pod)
    default:
      return false
  }
}

function isTerminating({ spec }: Pod): boolean {
  return spec.activeDeadlineSeconds !== undefined
}

function matchesClass(className: string, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return className !== '' && values.includes(className)
    case 'NotIn':
      return !values.includes(className)
    case 'DoesNotExist':
      return className === ''
    default:
      return className !== ''
  }
}

function looksAcrossNamespaces({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  const terms = [podAffinity, podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ])
  return terms.some(({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector !== undefined)
}
