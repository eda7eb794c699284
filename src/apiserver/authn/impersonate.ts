/** Impersonation: who may act as somebody else says so in headers, and the rest of the chain sees only the other. */
import { badRequest } from '#meta/status'
import type { Authorizer } from '../authz/authorizer.ts'
import { forbiddenAnswer } from '../authz/forbidden.ts'
import { questionOf } from '../authz/question.ts'
import type { Answer, Exchange, IncomingRequest, Step, UserInfo } from '../exchange.ts'
import { anonymousUser } from './anonymous.ts'
import { type ImpersonationMode, impersonationModes } from './impersonation-modes.ts'
import { extraOf, valuesOf } from './request-header.ts'

/** Step: replaces `exchange.user` by the first way of impersonation that is allowed. */
export function impersonate(authorizer: Authorizer): Step {
  return async (exchange, next) => {
    const wanted = asksForAny(exchange.request) ? wantedIdentity(exchange.request) : undefined
    if (wanted === undefined) return await next(exchange)
    const { user } = exchange
    const request = questionOf(user, exchange.info, exchange.request.query)
    let firstRefusal: Answer | undefined
    for (const mode of impersonationModes({ user, wanted, request })) {
      const refusal = await refusalOf(mode, authorizer, exchange)
      if (refusal === undefined) {
        exchange.user = withGeneralGroup(mode.user)
        return await next(exchange)
      }
      firstRefusal ??= refusal
    }
    return firstRefusal ?? next(exchange)
  }
}

async function refusalOf({ demands }: ImpersonationMode, authorizer: Authorizer, { signal }: Exchange): Promise<Answer | undefined> {
  for (const { question, refusal } of demands()) {
    if (refusal !== undefined) return forbiddenAnswer(question, refusal)
    const decision = await authorizer.decide(question, signal)
    if (decision.verdict !== 'allow') return forbiddenAnswer(question, decision.reason)
  }
  return undefined
}

const extraPrefix = 'impersonate-extra-'

/** Whether it is worth a closer look. */
function asksForAny({ headers }: IncomingRequest): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true
  return false
}

/** What the headers ask for; undefined where they ask for nothing. */
function wantedIdentity(request: IncomingRequest): UserInfo | undefined {
  const name = request.headers['impersonate-user'] ?? ''
  const uid = request.headers['impersonate-uid'] ?? ''
  const groups = valuesOf(request.headers['impersonate-group'])
  const extra = extraOf(request, [extraPrefix])
  if (name !== '') return { name, groups, ...(uid === '' ? {} : { uid }), extra }
  if (uid === '' && groups.length === 0 && Object.keys(extra).length === 0) return undefined
  throw badRequest(`requested ${userInWords(uid, groups, extra)} without impersonating a user name`)
}

/** As Go prints one, which is what upstream answers. */
function userInWords(uid: string, groups: readonly string[], extra: Readonly<Record<string, readonly string[]>>): string {
  const entries = Object.entries(extra).map(([key, values]) => `${JSON.stringify(key)}:${listInWords(values)}`)
  const map = entries.length === 0 ? '(nil)' : `{${entries.join(', ')}}`
  const list = groups.length === 0 ? '[]string(nil)' : listInWords(groups)
  return `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${list}, Extra:map[string][]string${map}}`
}

function listInWords(values: readonly string[]): string {
  return `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`
}

/** Adds the group that the other would have had if it had come itself. */
function withGeneralGroup(user: UserInfo): UserInfo {
  const { name, groups } = user
  if (groups.includes('system:unauthenticated') || groups.includes('system:authenticated')) return user
  return { ...user, groups: [...groups, name === anonymousUser.name ? 'system:unauthenticated' : 'system:authenticated'] }
}
