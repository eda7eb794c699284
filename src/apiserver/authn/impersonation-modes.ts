/**
 * The ways in which one identity may take on another (KEP-5284), each as the list of what has to be allowed for it. The
 * constrained ways name what may be done as the other; the oldest one, `impersonate`, gives everything. Pure.
 */
import { validateDomainPrefixedPath } from '#kinds/domain-prefixed-path'
import { FieldPath } from '#meta/field-path'
import type { AccessQuestion, ResourceQuestion } from '../authz/authorizer.ts'
import { nodeNameOf } from '../authz/node/node-identity.ts'
import type { UserInfo } from '../exchange.ts'
import { serviceAccountGroups, serviceAccountOfUserName } from '../tokens/claims.ts'

/** Something that has to be allowed; with a refusal it is not, whatever authorization says. */
export type Demand = { readonly question: AccessQuestion; readonly refusal?: string }

export type ImpersonationMode = {
  readonly demands: () => Iterable<Demand>
  /** Who the request then comes from, without the groups that everyone has. */
  readonly user: UserInfo
}

/** What is wanted, in whose name, and for which request (`request` asks whether `user` may do it himself). */
export type Wish = { readonly user: UserInfo; readonly wanted: UserInfo; readonly request: AccessQuestion }

/** The ways that fit, in upstream's order; the first whose demands are all allowed is taken. */
export function impersonationModes(wish: Wish): readonly ImpersonationMode[] {
  return [...constrainedModes(wish), unconstrainedMode(wish)]
}

const identityGroup = 'authentication.k8s.io'

function* constrainedModes(wish: Wish): Generator<ImpersonationMode, void> {
  const { user, wanted } = wish
  const isPlain = wanted.uid === undefined && wanted.groups.length === 0 && Object.keys(wanted.extra ?? {}).length === 0
  const nodeName = nodeNameOf({ name: wanted.name, groups: [nodesGroup] }) ?? ''
  const account = serviceAccountOfUserName(wanted.name)
  if (nodeName !== '') {
    if (!isPlain) return
    const asNode = { ...wanted, groups: [nodesGroup] }
    if (runsOn(user, nodeName))
      yield simpleMode({ ...wish, user: withKeysOnly(user) }, 'associated-node', { resource: 'nodes', name: '*' }, asNode)
    yield simpleMode(wish, 'arbitrary-node', { resource: 'nodes', name: nodeName }, asNode)
  } else if (account !== undefined) {
    const asAccount = { ...wanted, groups: serviceAccountGroups(account.namespace) }
    if (isPlain) yield simpleMode(wish, 'serviceaccount', { resource: 'serviceaccounts', ...account }, asAccount)
  } else {
    yield { demands: () => userInfoDemands(wish), user: wanted }
  }
}

const nodesGroup = 'system:nodes'
const nodeNameKey = 'authentication.kubernetes.io/node-name'

/** Whether the user is a pod on the node. */
function runsOn({ name, extra = {} }: UserInfo, nodeName: string): boolean {
  const [only, ...more] = extra[nodeNameKey] ?? []
  return serviceAccountOfUserName(name) !== undefined && only === nodeName && more.length === 0
}

/** As upstream: what is specific to one pod is left out of the question, so that its answer holds for all. */
function withKeysOnly(user: UserInfo): UserInfo {
  return { ...user, extra: { 'authentication.kubernetes.io/associated-node-keys': Object.keys(user.extra ?? {}).sort() } }
}

function simpleMode(wish: Wish, name: string, target: Target, user: UserInfo): ImpersonationMode {
  function* demands(): Generator<Demand, void> {
    yield onDemand(wish, name)
    yield { question: about(wish.user, `impersonate:${name}`, { group: identityGroup, ...target }) }
  }
  return { demands, user }
}

/** The same request, with the verb that says as whom. */
function onDemand({ user, request }: Wish, mode: string): Demand {
  return { question: { ...request, user, verb: `impersonate-on:${mode}:${request.verb}` } }
}

function* userInfoDemands(wish: Wish): Generator<Demand, void> {
  const { user, wanted } = wish
  const part = (target: Target): Demand => ({ question: about(user, 'impersonate:user-info', { group: identityGroup, ...target }) })
  yield onDemand(wish, 'user-info')
  yield part({ resource: 'users', name: wanted.name })
  if (wanted.uid !== undefined) yield part({ resource: 'uids', name: wanted.uid })
  for (const group of wanted.groups) {
    const isMasters = group === 'system:masters'
    yield {
      ...part({ resource: 'groups', name: group }),
      ...(isMasters && { refusal: 'impersonating the system:masters group is not allowed' }),
    }
  }
  for (const [key, values] of Object.entries(wanted.extra ?? {})) {
    const fault = keyFault(key)
    if (fault !== undefined) yield { ...part({ resource: 'userextras', name: '' }), refusal: fault }
    for (const value of values) yield part({ resource: 'userextras', subresource: key, name: value })
  }
}

function keyFault(key: string): string | undefined {
  const errors = [...validateDomainPrefixedPath(key, FieldPath.of('extra', 'key'))]
  const texts = errors.map(({ path, message }) => `${path}: ${message}`)
  return texts.length === 0 ? undefined : `impersonating an invalid key in extra is not allowed: ${texts.join(', ')}`
}

/** Every part of the other identity has to be allowed on its own. */
function unconstrainedMode({ user, wanted }: Wish): ImpersonationMode {
  const account = serviceAccountOfUserName(wanted.name)
  const part = (target: Target): Demand => ({ question: about(user, 'impersonate', target) })
  function* demands(): Generator<Demand, void> {
    yield account === undefined ? part({ resource: 'users', name: wanted.name }) : part({ resource: 'serviceaccounts', ...account })
    if (wanted.uid !== undefined) yield part({ group: identityGroup, resource: 'uids', name: wanted.uid })
    for (const group of wanted.groups) yield part({ resource: 'groups', name: group })
    for (const [key, values] of Object.entries(wanted.extra ?? {})) {
      for (const value of values) yield part({ group: identityGroup, resource: 'userextras', subresource: key, name: value })
    }
  }
  const groups = account !== undefined && wanted.groups.length === 0 ? serviceAccountGroups(account.namespace) : wanted.groups
  return { demands, user: { ...wanted, groups } }
}

type Target = Pick<ResourceQuestion, 'resource' | 'name'> & Partial<Pick<ResourceQuestion, 'group' | 'subresource' | 'namespace'>>

function about(user: UserInfo, verb: string, target: Target): AccessQuestion {
  return { user, verb, resource: { group: '', version: 'v1', subresource: '', namespace: '', ...target } }
}
