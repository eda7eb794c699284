/** What a rule of a role has to say (upstream: ValidatePolicyRule). */
import { type FieldErrors, type FieldPath, invalid, required } from '#meta/field-path'
import type { PolicyRule } from './types.gen.ts'

export function* validatePolicyRules(rules: readonly PolicyRule[], isNamespaced: boolean, at: FieldPath): FieldErrors {
  for (const [index, rule] of rules.entries()) yield* validatePolicyRule(rule, isNamespaced, at.index(index))
}

function* validatePolicyRule(rule: PolicyRule, isNamespaced: boolean, at: FieldPath): FieldErrors {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  if ((verbs ?? []).length === 0) yield required(at.field('verbs'), 'verbs must contain at least one value')
  if (nonResourceURLs.length > 0) {
    const here = at.field('nonResourceURLs')
    if (isNamespaced) yield invalid(here, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      yield invalid(here, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs')
    }
    return
  }
  if (apiGroups.length === 0) yield required(at.field('apiGroups'), 'resource rules must supply at least one api group')
  if (resources.length === 0) yield required(at.field('resources'), 'resource rules must supply at least one resource')
}
