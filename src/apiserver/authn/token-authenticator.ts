/** Who a bearer token names: asked for request headers and for TokenReviews alike. */
import type { UserInfo } from '../exchange.ts'

export type TokenVerdict =
  /** Not a token of this sort; another authenticator may know it. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'accepted'; readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string }

export interface TokenAuthenticator {
  readonly name: string
  /** `audiences` are those that the caller accepts; a token for none of them is refused. */
  check(token: string, audiences: readonly string[], signal: AbortSignal): TokenVerdict | Promise<TokenVerdict>
}

export const pass: TokenVerdict = { kind: 'pass' }

export function refused(reason: string): TokenVerdict {
  return { kind: 'refused', reason }
}

export type TokenReviewOutcome =
  | { readonly authenticated: true; readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly authenticated: false; readonly errors: readonly string[] }

/** Asks one authenticator after the other; the first that accepts wins, refusals are collected. */
export async function checkToken(
  authenticators: readonly TokenAuthenticator[],
  token: string,
  audiences: readonly string[],
  signal: AbortSignal,
): Promise<TokenReviewOutcome> {
  const errors: string[] = []
  for (const authenticator of authenticators) {
    const verdict = await authenticator.check(token, audiences, signal)
    if (verdict.kind === 'accepted') return { authenticated: true, user: authenticated(verdict.user), audiences: verdict.audiences }
    if (verdict.kind === 'refused') errors.push(verdict.reason)
  }
  return { authenticated: false, errors }
}

const authenticatedGroup = 'system:authenticated'

/** The user with the group that everyone has whose name was proven. */
export function authenticated(user: UserInfo): UserInfo {
  if (user.groups.includes(authenticatedGroup)) return user
  return { ...user, groups: [...user.groups, authenticatedGroup] }
}
