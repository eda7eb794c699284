/** Roles with their rules, and bindings with their subjects. */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '#kinds/rbac/types.gen'
import { labelAndAnnotationLines } from './identity.ts'
import { compareText, goList, indented, type Lines } from './lines.ts'

export function describeRole(role: Role | ClusterRole): Lines {
  return [
    `Name:\t${role.metadata.name ?? ''}`,
    ...labelAndAnnotationLines(role),
    'PolicyRule:',
    ...indented([
      'Resources\tNon-Resource URLs\tResource Names\tVerbs',
      '---------\t-----------------\t--------------\t-----',
      ...ruleRows(role.rules ?? []),
    ]),
  ]
}

/** Resource, paths, names and verbs; one row for each resource. */
export function ruleRows(rules: readonly PolicyRule[]): Lines {
  return compactRules(rules).map(
    ({ resource, nonResourceURLs, resourceNames, verbs }) =>
      `${resource}\t${goList(nonResourceURLs)}\t${goList(resourceNames)}\t${goList(verbs)}`,
  )
}

/** A rule for at most one resource, with all that it allows there. */
type Grant = {
  /** With its group, as it is shown. */
  readonly resource: string
  readonly order: string
  readonly nonResourceURLs: readonly string[]
  readonly resourceNames: readonly string[]
  readonly verbs: readonly string[]
}

function compactRules(rules: readonly PolicyRule[]): readonly Grant[] {
  const grants = new Map<string, Grant>()
  for (const rule of rules) {
    for (const { group, resource, name } of placesOf(rule)) {
      const key = JSON.stringify([group, resource, name])
      const verbs = [...(grants.get(key)?.verbs ?? []), ...rule.verbs]
      const names = name === undefined ? [] : [name]
      const order = `Verbs:${goList(verbs)},APIGroups:[${group}],Resources:[${resource}],ResourceNames:${goList(names)}`
      grants.set(key, { resource: qualified(resource, group), order, nonResourceURLs: [], resourceNames: names, verbs })
    }
  }
  const paths = rules.flatMap(({ nonResourceURLs = [], verbs }) =>
    nonResourceURLs.flatMap((url) => verbs.map((verb) => pathGrant(url, verb))),
  )
  return [...grants.values(), ...paths].toSorted((a, b) => compareText(a.order, b.order))
}

function pathGrant(url: string, verb: string): Grant {
  const order = `Verbs:[${verb}],APIGroups:[],Resources:[],ResourceNames:[],NonResourceURLs:[${url}]`
  return { resource: '', order, nonResourceURLs: [url], resourceNames: [], verbs: [verb] }
}

function placesOf({ apiGroups = [], resources = [], resourceNames }: PolicyRule) {
  const names = resourceNames === undefined || resourceNames.length === 0 ? [undefined] : resourceNames
  return apiGroups.flatMap((group) => resources.flatMap((resource) => names.map((name) => ({ group, resource, name }))))
}

/** `deployments.apps/scale`. */
function qualified(resource: string, group: string): string {
  if (group === '') return resource
  const [name = '', ...subresource] = resource.split('/')
  return [`${name}.${group}`, ...subresource].join('/')
}

export function describeBinding(binding: RoleBinding | ClusterRoleBinding): Lines {
  const { roleRef, subjects = [] } = binding
  return [
    `Name:\t${binding.metadata.name ?? ''}`,
    ...labelAndAnnotationLines(binding),
    'Role:',
    `  Kind:\t${roleRef.kind}`,
    `  Name:\t${roleRef.name}`,
    'Subjects:',
    ...indented([
      'Kind\tName\tNamespace',
      '----\t----\t---------',
      ...subjects.map(({ kind, name, namespace = '' }) => `${kind}\t${name}\t${namespace}`),
    ]),
  ]
}
