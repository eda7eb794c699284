/** What `create role` and `create clusterrole` share: verbs and resources into rules. */
import { listFlag, repeatedFlag } from '#component/flags'
import type { Call } from '../command.ts'
import { CommandError } from '../errors.ts'
import { resourceNamed } from '../resources/queries.ts'
import { type ApiResource, UnknownResource } from '../resources/resource-catalog.ts'
import type { Fields } from '../resources/unstructured.ts'

export const ruleFlags = {
  resource: listFlag([], 'Resources that the rule is about, as RESOURCE[.GROUP][/SUBRESOURCE].'),
  'resource-name': repeatedFlag([], 'Only objects of this name.'),
  verb: listFlag([], 'What is allowed, such as get,list,watch; * is everything.'),
}

type WantedResource = { readonly word: string; readonly resource: string; readonly group: string; readonly subresource: string }

const specialVerbs: Readonly<Record<string, readonly { readonly group: string; readonly resource: string }[]>> = {
  use: [],
  bind: [
    { group: 'rbac.authorization.k8s.io', resource: 'roles' },
    { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  ],
  escalate: [
    { group: 'rbac.authorization.k8s.io', resource: 'roles' },
    { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  ],
  impersonate: [
    { group: '', resource: 'users' },
    { group: '', resource: 'serviceaccounts' },
    { group: '', resource: 'groups' },
    { group: 'authentication.k8s.io', resource: 'userextras' },
  ],
  approve: [{ group: 'certificates.k8s.io', resource: 'signers' }],
  sign: [{ group: 'certificates.k8s.io', resource: 'signers' }],
}

const plainVerbs = ['get', 'delete', 'list', 'create', 'update', 'patch', 'watch', 'proxy', 'deletecollection']
const resourceVerbs: readonly string[] = [...plainVerbs, ...Object.keys(specialVerbs)]

/** `*` alone where it stands among the verbs. */
export function verbsOf(given: readonly string[]): readonly string[] {
  const verbs = [...new Set(given.map((verb) => verb.trim()))]
  if (verbs.length === 0) throw new CommandError('at least one verb must be specified')
  return verbs.includes('*') ? ['*'] : verbs
}

/** One rule a group, in the order in which the groups come. */
export async function resourceRules(
  call: Call,
  verbs: readonly string[],
  resources: readonly string[],
  resourceNames: readonly string[],
): Promise<readonly Fields[]> {
  const unknownVerb = verbs.find((verb) => verb !== '*' && !resourceVerbs.includes(verb))
  if (unknownVerb !== undefined) call.err(`Warning: '${unknownVerb}' is not a standard resource verb\n`)
  const words = resources.includes('*') ? ['*'] : resources
  const wanted = await Promise.all(words.map((word) => wantedResource(call, word, verbs)))
  const groups = [...new Set(wanted.map(({ group }) => group))]
  return groups.map((group) => ({
    verbs,
    apiGroups: [group],
    resources: [...new Set(wanted.filter((one) => one.group === group).map(({ resource, subresource }) => resource + subresource))],
    ...(resourceNames.length === 0 ? {} : { resourceNames }),
  }))
}

async function wantedResource(call: Call, word: string, verbs: readonly string[]): Promise<WantedResource> {
  const [name = '', ...sub] = word.split('/')
  const subresource = sub.length === 0 ? '' : `/${sub.join('/')}`
  if (name === '*') return { word, resource: '*', group: '', subresource }
  const found = await mappedResource(call, name, verbs)
  return { word, resource: found.plural, group: found.group, subresource }
}

async function mappedResource(call: Call, name: string, verbs: readonly string[]): Promise<Pick<ApiResource, 'plural' | 'group'>> {
  const special = verbs
    .flatMap((verb) => specialVerbs[verb] ?? [])
    .find(({ resource, group }) => name === resource || name === `${resource}.${group}`)
  if (special !== undefined) return { plural: special.resource, group: special.group }
  try {
    return await resourceNamed(call, name)
  } catch (error) {
    // As upstream, where this message comes without the usual beginning.
    throw error instanceof UnknownResource ? new CommandError(error.message, { isBare: true }) : error
  }
}
