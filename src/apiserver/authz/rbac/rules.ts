/** Whether rules of roles cover a question, and whether rules cover other rules. Pure. */
import type { PolicyRule } from '#kinds/rbac/types.gen'
import type { AccessQuestion, ResourceQuestion } from '../authorizer.ts'

export function rulesAllow(rules: readonly PolicyRule[], question: AccessQuestion): boolean {
  const { verb, resource, path = '' } = question
  const sorted = sortedRules(rules)
  if (resource === undefined) return sorted.ofPaths.some((rule) => holds(rule.verbs, verb) && coversPath(rule.nonResourceURLs ?? [], path))
  const covers = (rule: PolicyRule) => holds(rule.verbs, verb) && coversNamed(rule, resource)
  const anySubresource = resource.subresource === '' ? undefined : sorted.byResource.get(`*/${resource.subresource}`)
  return (
    (sorted.byResource.get(listedName(resource))?.some(covers) ?? false) ||
    (sorted.byResource.get('*')?.some(covers) ?? false) ||
    (anySubresource?.some(covers) ?? false)
  )
}

/** The rules of a role by what they are about, so that a question meets only those that may answer it. */
type SortedRules = {
  /** By what is listed: `pods`, `pods/log`, one subresource of anything (`*` and `/scale`), or `*`. */
  readonly byResource: ReadonlyMap<string, readonly PolicyRule[]>
  readonly ofPaths: readonly PolicyRule[]
}

/** Roles are asked far more often than they change: each list is sorted once. */
const sortedOnce = new WeakMap<readonly PolicyRule[], SortedRules>()

function sortedRules(rules: readonly PolicyRule[]): SortedRules {
  const known = sortedOnce.get(rules)
  if (known !== undefined) return known
  const byResource = new Map<string, PolicyRule[]>()
  for (const rule of rules) {
    for (const listed of new Set(rule.resources)) {
      const others = byResource.get(listed)
      if (others === undefined) byResource.set(listed, [rule])
      else others.push(rule)
    }
  }
  const sorted = { byResource, ofPaths: rules.filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0) }
  sortedOnce.set(rules, sorted)
  return sorted
}

function listedName({ resource, subresource }: ResourceQuestion): string {
  return subresource === '' ? resource : `${resource}/${subresource}`
}

function holds(list: readonly string[] | undefined, wanted: string): boolean {
  return list !== undefined && (list.includes(wanted) || list.includes('*'))
}

/** Whether a rule that lists the resource covers its group and name too. */
function coversNamed(rule: PolicyRule, { group, name }: ResourceQuestion): boolean {
  if (!holds(rule.apiGroups, group)) return false
  const names = rule.resourceNames ?? []
  return names.length === 0 || names.includes(name)
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
