/** Who asks for what, in a flow schema: subjects, and rules for resources and other URLs. */
import { type FieldErrors, type FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from './types.gen.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']

export function* validatePolicyRules({ subjects, resourceRules, nonResourceRules }: PolicyRulesWithSubjects, at: FieldPath): FieldErrors {
  if ((subjects ?? []).length === 0) yield required(at.field('subjects'), 'subjects must contain at least one value')
  for (const [index, subject] of (subjects ?? []).entries()) yield* validateSubject(subject, at.field('subjects').index(index))
  if ((resourceRules ?? []).length + (nonResourceRules ?? []).length === 0)
    yield required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty')
  for (const [index, rule] of (resourceRules ?? []).entries()) yield* validateResourceRule(rule, at.field('resourceRules').index(index))
  for (const [index, rule] of (nonResourceRules ?? []).entries()) yield* validateUrlRule(rule, at.field('nonResourceRules').index(index))
}

/** What a subject of each kind is told by, in the order in which upstream looks for the others. */
const subjectFields = [
  ['ServiceAccount', 'serviceAccount'],
  ['User', 'user'],
  ['Group', 'group'],
] as const

function* validateSubject(subject: Subject, at: FieldPath): FieldErrors {
  const own = subjectFields.find(([kind]) => kind === subject.kind)
  if (own === undefined) return yield notSupported(at.field('kind'), subject.kind ?? '', ['Group', 'ServiceAccount', 'User'])
  const [kind, field] = own
  if (subject[field] === undefined) yield required(at.field(field), `${field} is required when subject kind is '${kind}'`)
  else if (field === 'serviceAccount') yield* validateServiceAccount(subject.serviceAccount ?? {}, at.field(field))
  else if ((subject[field].name ?? '') === '') yield required(at.field(field).field('name'))
  for (const [otherKind, other] of subjectFields)
    if (other !== field && subject[other] !== undefined)
      yield forbiddenField(at.field(other), `${other} is forbidden when subject kind is not '${otherKind}'`)
}

function* validateServiceAccount(account: Partial<NonNullable<Subject['serviceAccount']>>, at: FieldPath): FieldErrors {
  const { name = '', namespace = '' } = account
  if (name === '') yield required(at.field('name'))
  else if (name !== '*') yield* invalidEach(at.field('name'), name, isDns1123Subdomain(name))
  if (namespace === '') yield required(at.field('namespace'), 'must specify namespace for service account')
  else yield* invalidEach(at.field('namespace'), namespace, isDns1123Label(namespace))
}

function* validateResourceRule(rule: ResourcePolicyRule, at: FieldPath): FieldErrors {
  yield* validateVerbs(rule.verbs ?? [], at.field('verbs'))
  yield* validateNames(rule.apiGroups ?? [], 'resource rules must supply at least one api group', 'api groups', at.field('apiGroups'))
  yield* validateNames(rule.resources ?? [], 'resource rules must supply at least one resource', 'resources', at.field('resources'))
  const namespaces = rule.namespaces ?? []
  const here = at.field('namespaces')
  if (namespaces.length === 0 && rule.clusterScope !== true)
    yield required(here, 'resource rules that are not cluster scoped must supply at least one namespace')
  else if (hasMoreThanAll(namespaces)) yield invalid(here, namespaces, "if '*' is present, must not specify other namespaces")
  else
    for (const [index, namespace] of namespaces.entries())
      for (const problem of namespace === '*' ? [] : isDns1123Label(namespace))
        yield invalid(here.index(index), namespace, `each member of this list must be '*' or a DNS-1123 label; ${problem}`)
}

function* validateUrlRule({ verbs: of, nonResourceURLs }: NonResourcePolicyRule, at: FieldPath): FieldErrors {
  yield* validateVerbs(of ?? [], at.field('verbs'))
  const urls = nonResourceURLs ?? []
  const here = at.field('nonResourceURLs')
  if (urls.length === 0) yield required(here, 'nonResourceURLs must contain at least one value')
  else if (hasMoreThanAll(urls)) yield invalid(here, urls, "if '*' is present, must not specify other non-resource URLs")
  else for (const [index, url] of urls.entries()) for (const problem of urlProblems(url)) yield invalid(here.index(index), url, problem)
}

/** The first of the problems, as upstream. */
function urlProblems(url: string): readonly string[] {
  if (url === '' || url === '*') return url === '' ? ['must not be empty'] : []
  if (url === '/') return []
  if (!url.startsWith('/')) return ['must start with slash']
  if (url.includes(' ')) return ['must not contain white-space']
  if (url.includes('//')) return ['must not contain double slash']
  return url.slice(0, -1).includes('*') || (url.endsWith('*') && !url.endsWith('/*')) ? ['wildcard can only do suffix matching'] : []
}

function* validateVerbs(given: readonly string[], at: FieldPath): FieldErrors {
  if (given.length === 0) yield required(at, 'verbs must contain at least one value')
  else if (hasMoreThanAll(given)) yield invalid(at, given, "if '*' is present, must not specify other verbs")
  else if (!given.every((verb) => verb === '*' || verbs.includes(verb))) yield notSupported(at, given, verbs)
}

function* validateNames(names: readonly string[], missing: string, what: string, at: FieldPath): FieldErrors {
  if (names.length === 0) yield required(at, missing)
  else if (hasMoreThanAll(names)) yield invalid(at, names, `if '*' is present, must not specify other ${what}`)
}

function hasMoreThanAll(names: readonly string[]): boolean {
  return names.length > 1 && names.includes('*')
}
