/** What requests a policy or its binding looks at, and under which further conditions. */
import { duplicate, type FieldErrors, type FieldPath, notSupported, required, tooMany } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateLabelSelector } from '../label-selector-validation.ts'
import { validateNamedRule } from './rule-validation.ts'
import type { MatchCondition, MatchResources } from './types.gen.ts'

export const matchPolicies = ['Equivalent', 'Exact']
const conditionCountMax = 64

/** Runs after defaults: no selector is absent. */
export function* validateMatch(match: MatchResources, at: FieldPath): FieldErrors {
  const { matchPolicy = '', namespaceSelector, objectSelector, resourceRules, excludeResourceRules } = match
  if (!matchPolicies.includes(matchPolicy)) yield notSupported(at.field('matchPolicy'), matchPolicy, matchPolicies)
  yield* validateLabelSelector(namespaceSelector, at.field('namespaceSelector'))
  yield* validateLabelSelector(objectSelector, at.field('objectSelector'))
  for (const [index, rule] of (resourceRules ?? []).entries()) yield* validateNamedRule(rule, at.field('resourceRules').index(index))
  for (const [index, rule] of (excludeResourceRules ?? []).entries())
    yield* validateNamedRule(rule, at.field('excludeResourceRules').index(index))
}

/** A policy has to say which resources it is for: its expressions are typed by them. */
export function* validateMatchConstraints(match: MatchResources | undefined, at: FieldPath): FieldErrors {
  if (match === undefined) return yield required(at)
  yield* validateMatch(match, at)
  if ((match.resourceRules ?? []).length === 0) yield required(at.field('resourceRules'))
}

export function* validateMatchConditions(conditions: readonly MatchCondition[] = [], at: FieldPath): FieldErrors {
  const names = new Set<string>()
  if (conditions.length > conditionCountMax) yield tooMany(at, conditions.length, conditionCountMax)
  for (const [index, { name = '', expression = '' }] of conditions.entries()) {
    const here = at.index(index)
    if (expression.trim() === '') yield required(here.field('expression'))
    if (name === '') yield required(here.field('name'))
    else yield* invalidEach(here.field('name'), name, isQualifiedName(name))
    if (name !== '' && names.has(name)) yield duplicate(here.field('name'), name)
    names.add(name)
  }
}
