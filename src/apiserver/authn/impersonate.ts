/** Impersonation: who may act as somebody else says so in headers, and the rest of the chain sees only the other. */
import { badRequest } from '#meta/status'
import type { AccessQuestion, Authorizer } from '../authz/authorizer.ts'
import { forbiddenAnswer } from '../authz/forbidden.ts'
import type { IncomingRequest, Step, UserInfo } from '../exchange.ts'
import { serviceAccountGroups, serviceAccountOfUserName } from '../tokens/claims.ts'
import { anonymousUser } from './anonymous.ts'
import { extraOf, valuesOf } from './request-header.ts'

/** Step: replaces `exchange.user`. Every part of the other identity is authorized on its own. */
export function impersonate(authorizer: Authorizer): Step {
  return async (exchange, next) => {
    const wanted = wantedIdentity(exchange.request)
    if (wanted === undefined) return await next(exchange)
    for (const question of questionsOf(exchange.user, wanted)) {
      const decision = await authorizer.decide(question, exchange.signal)
      if (decision.verdict !== 'allow') return forbiddenAnswer(question, decision.reason)
    }
    exchange.user = completed(wanted)
    return await next(exchange)
  }
}

const extraPrefix = 'impersonate-extra-'

/** What the headers ask for; undefined where they ask for nothing. */
function wantedIdentity(request: IncomingRequest): UserInfo | undefined {
  const name = request.headers['impersonate-user'] ?? ''
  const uid = request.headers['impersonate-uid'] ?? ''
  const groups = valuesOf(request.headers['impersonate-group'])
  const extra = extraOf(request, [extraPrefix])
  if (name !== '') return { name, groups, ...(uid === '' ? {} : { uid }), extra }
  if (uid !== '' || groups.length > 0 || Object.keys(extra).length > 0) {
    throw badRequest('requested impersonation of groups, a uid or extra fields without impersonating a user')
  }
  return undefined
}

function* questionsOf(user: UserInfo, wanted: UserInfo): Generator<AccessQuestion, void> {
  const account = serviceAccountOfUserName(wanted.name)
  if (account === undefined) yield question(user, { resource: 'users', name: wanted.name })
  else yield question(user, { resource: 'serviceaccounts', ...account })
  for (const group of wanted.groups) yield question(user, { resource: 'groups', name: group })
  for (const [key, values] of Object.entries(wanted.extra ?? {})) {
    for (const value of values) yield question(user, { group: identityGroup, resource: 'userextras', subresource: key, name: value })
  }
  if (wanted.uid !== undefined) yield question(user, { group: identityGroup, resource: 'uids', name: wanted.uid })
}

const identityGroup = 'authentication.k8s.io'

type Target = {
  readonly group?: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name: string
}

function question(user: UserInfo, { group = '', resource, subresource = '', namespace = '', name }: Target): AccessQuestion {
  const version = group === '' ? '' : 'v1'
  return { user, verb: 'impersonate', resource: { group, version, resource, subresource, namespace, name } }
}

/** Adds the groups that the other would have had if it had come itself. */
function completed(wanted: UserInfo): UserInfo {
  const account = serviceAccountOfUserName(wanted.name)
  const groups = account !== undefined && wanted.groups.length === 0 ? serviceAccountGroups(account.namespace) : wanted.groups
  const general = wanted.name === anonymousUser.name ? 'system:unauthenticated' : 'system:authenticated'
  const hasGeneral = groups.includes('system:unauthenticated') || groups.includes('system:authenticated')
  return { ...wanted, groups: hasGeneral ? groups : [...groups, general] }
}
