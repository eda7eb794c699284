/** "Whose token is this?" and "who am I?". */
import { type Clock, nowRfc3339 } from '#base/env/clock'
import type { UserInfo as ReviewedUser, SelfSubjectReview, TokenReview } from '#kinds/authentication/types.gen'
import { badRequest } from '#meta/status'
import { checkToken, type TokenAuthenticator } from '../authn/token-authenticator.ts'
import type { UserInfo } from '../exchange.ts'
import type { ReviewContext } from './review.ts'

export type TokenReviewDeps = { readonly tokens: readonly TokenAuthenticator[]; readonly audiences: readonly string[] }

export async function reviewToken(
  review: TokenReview,
  { tokens, audiences }: TokenReviewDeps,
  { signal }: ReviewContext,
): Promise<TokenReview> {
  const { token, audiences: wanted = [] } = review.spec
  if (!token) throw badRequest('token is required for TokenReview in authentication')
  const outcome = await checkToken(tokens, token, wanted.length === 0 ? audiences : wanted, signal)
  if (outcome.authenticated) {
    return { ...review, status: { authenticated: true, user: reviewedUser(outcome.user), audiences: outcome.audiences } }
  }
  const texts = ['invalid bearer token', ...outcome.errors.filter((error) => error !== 'invalid bearer token')]
  return { ...review, status: { user: {}, error: texts.length === 1 ? texts[0] : `[${texts.join(', ')}]` } }
}

/** As upstream: of all reviews, this one alone is dated. */
export function reviewSelf(review: SelfSubjectReview, clock: Clock, { user }: ReviewContext): SelfSubjectReview {
  const metadata = { ...review.metadata, creationTimestamp: nowRfc3339(clock) }
  return { ...review, metadata, status: { userInfo: reviewedUser(user) } }
}

function reviewedUser({ name, uid, groups, extra = {} }: UserInfo): ReviewedUser {
  return {
    username: name,
    ...(uid ? { uid } : {}),
    ...(groups.length === 0 ? {} : { groups }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}
