/** Whether rules of roles cover a question, and whether rules cover other rules. Pure. */
import type { PolicyRule } from '#kinds/rbac/types.gen'
import type { AccessQuestion, ResourceQuestion } from '../authorizer.ts'

export function rulesAllow(rules: readonly PolicyRule[], question: AccessQuestion): boolean {
  return rules.some((rule) => ruleAllows(rule, question))
}

function ruleAllows(rule: PolicyRule, { verb, resource, path }: AccessQuestion): boolean {
  if (!holds(rule.verbs, verb)) return false
  return resource === undefined ? coversPath(rule.nonResourceURLs ?? [], path ?? '') : coversResource(rule, resource)
}

function holds(list: readonly string[] | undefined, wanted: string): boolean {
  return list !== undefined && (list.includes(wanted) || list.includes('*'))
}

function coversResource(rule: PolicyRule, { group, resource, subresource, name }: ResourceQuestion): boolean {
  if (!holds(rule.apiGroups, group)) return false
  const isListed = (rule.resources ?? []).some((listed) => resourceMatches(listed, resource, subresource))
  const names = rule.resourceNames ?? []
  return isListed && (names.length === 0 || names.includes(name))
}

// `listed` is `*`, `pods`, `pods/log`, or one subresource of anything (`*` and `/scale`).
function resourceMatches(listed: string, resource: string, subresource: string): boolean {
  if (listed === '*') return true
  if (subresource === '') return listed === resource
  return listed === `${resource}/${subresource}` || listed === `*/${subresource}`
}

/** `*`, an exact path, or a prefix that ends in `*`. */
function coversPath(listed: readonly string[], path: string): boolean {
  return listed.some((url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))))
}

/** The parts of `wanted` that no rule of `owned` covers, each reduced to one verb on one thing. */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(atomsOf).filter((atom) => !owned.some((rule) => ruleCovers(rule, atom)))
}

/** A rule as the list of its combinations, each with one entry per field. */
function atomsOf(rule: PolicyRule): readonly PolicyRule[] {
  const ofResources = (rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) => rule.verbs.flatMap((verb) => namedAtoms(rule, group, resource, verb))),
  )
  const ofPaths = (rule.nonResourceURLs ?? []).flatMap((url) => rule.verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })))
  return [...ofResources, ...ofPaths]
}

function namedAtoms(rule: PolicyRule, group: string, resource: string, verb: string): readonly PolicyRule[] {
  const atom = { apiGroups: [group], resources: [resource], verbs: [verb] }
  const names = rule.resourceNames ?? []
  return names.length === 0 ? [atom] : names.map((name) => ({ ...atom, resourceNames: [name] }))
}

function ruleCovers(owner: PolicyRule, atom: PolicyRule): boolean {
  if (!atom.verbs.every((verb) => holds(owner.verbs, verb))) return false
  if (atom.nonResourceURLs !== undefined) return atom.nonResourceURLs.every((url) => coversPath(owner.nonResourceURLs ?? [], url))
  const ownedNames = owner.resourceNames ?? []
  const coversNames = ownedNames.length === 0 || (atom.resourceNames?.every((name) => ownedNames.includes(name)) ?? false)
  return (
    coversNames &&
    (atom.apiGroups ?? []).every((group) => holds(owner.apiGroups, group)) &&
    (atom.resources ?? []).every((resource) => coversListed(owner.resources ?? [], resource))
  )
}

function coversListed(owned: readonly string[], resource: string): boolean {
  const slash = resource.indexOf('/')
  return holds(owned, resource) || (slash >= 0 && owned.includes(`*${resource.slice(slash)}`))
}
