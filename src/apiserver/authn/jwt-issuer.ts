/**
 * Tokens that somebody else signs (OpenID Connect): from the `--oidc-…` flags, or from the configuration file. A token of
 * another issuer passes; one of this issuer is accepted or refused.
 */
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import type { Clock } from '#base/env/clock'
import type { UserInfo } from '../exchange.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { pass, refused, type TokenAuthenticator, type TokenVerdict } from './token-authenticator.ts'

export type JwtIssuerOptions = {
  readonly url: string
  /** Whom tokens may be for; one of them is enough. */
  readonly audiences: readonly string[]
  readonly algorithms: readonly string[]
  readonly requiredClaims: Readonly<Record<string, string>>
  readonly username: ClaimMapping
  readonly groups?: ClaimMapping | undefined
  /** The claim that holds the uid. */
  readonly uidClaim?: string | undefined
}

export type ClaimMapping = { readonly claim: string; readonly prefix: string }

export type JwtIssuerDeps = {
  readonly clock: Clock
  readonly keys: IssuerKeys
  /** What this server answers to: such a token holds for these. */
  readonly audiences: readonly string[]
}

export function jwtIssuerAuthenticator(options: JwtIssuerOptions, { clock, keys, audiences: own }: JwtIssuerDeps): TokenAuthenticator {
  return {
    name: `jwt ${options.url}`,
    async check(token, audiences) {
      if (issuerOf(token) !== options.url) return pass
      const common = audiences.filter((audience) => own.includes(audience))
      if (audiences.length > 0 && common.length === 0) return pass
      try {
        const user = userOf(await verifiedClaims(token, options, keys, clock), options)
        return typeof user === 'string' ? refused(`oidc: ${user}`) : { kind: 'accepted', user, audiences: common }
      } catch (error) {
        return failure(error)
      }
    },
  }
}

function issuerOf(token: string): string | undefined {
  if (token.split('.').length !== 3) return undefined
  try {
    return decodeJwt(token).iss
  } catch {
    // Not a token of this sort: another authenticator may know it.
    return undefined
  }
}

async function verifiedClaims(token: string, options: JwtIssuerOptions, keys: IssuerKeys, clock: Clock): Promise<JWTPayload> {
  const { url, audiences, algorithms } = options
  const { payload } = await jwtVerify(token, (header) => keys.keyFor(header), {
    issuer: url,
    audience: [...audiences],
    algorithms: [...algorithms],
    currentDate: new Date(clock.nowMs()),
    requiredClaims: ['exp'],
  })
  return payload
}

function failure(error: unknown): TokenVerdict {
  if (error instanceof errors.JWTExpired) return refused('oidc: verify token: oidc: token is expired')
  return refused(`oidc: verify token: ${error instanceof Error ? error.message : String(error)}`)
}

/** The user, or why the claims make none. */
function userOf(claims: JWTPayload, options: JwtIssuerOptions): UserInfo | string {
  for (const [claim, wanted] of Object.entries(options.requiredClaims)) {
    const found = claims[claim]
    if (found === undefined) return `required claim ${claim} not present in ID token`
    if (found !== wanted) return `required claim ${claim} value does not match. Got = ${String(found)}, want = ${wanted}`
  }
  const { claim, prefix } = options.username
  const name = claims[claim]
  if (typeof name !== 'string') return `parse username claims ${JSON.stringify(claim)}: claim not present`
  if (claim === 'email' && claims['email_verified'] !== undefined && claims['email_verified'] !== true) return 'email not verified'
  const uid = options.uidClaim === undefined ? undefined : claims[options.uidClaim]
  return { name: `${prefix}${name}`, groups: groupsOf(claims, options.groups), ...(typeof uid === 'string' ? { uid } : {}) }
}

/** One group or a list of them. */
function groupsOf(claims: JWTPayload, mapping: ClaimMapping | undefined): readonly string[] {
  if (mapping === undefined) return []
  const found = claims[mapping.claim]
  const groups = Array.isArray(found) ? found : [found]
  return groups.flatMap((group) => (typeof group === 'string' ? [`${mapping.prefix}${group}`] : []))
}
