/**
 * Service-account tokens. The signature is checked once and remembered for a while; whether the account, and the pod,
 * secret or node that the token is bound to, still exist is asked every time, so that a deletion counts at once.
 */
import { createHash } from 'node:crypto'
import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose'
import type { Clock } from '#base/env/clock'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { Secret } from '#kinds/core/secret.kind'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import type { KubeObject } from '#meta/object'
import type { StateReader } from '../exchange.ts'
import { claimsOf, type ServiceAccountClaims, userOfClaims } from '../tokens/claims.ts'
import type { VerificationKey } from '../tokens/service-account-keys.ts'
import { pass, refused, type TokenAuthenticator } from './token-authenticator.ts'

export type ServiceAccountTokenOptions = {
  /** Every issuer that is trusted; the first one also signs. */
  readonly issuers: readonly string[]
  readonly keys: readonly VerificationKey[]
  readonly state: StateReader
  readonly clock: Clock
}

/** Clocks of two machines may differ by this much. */
const leewaySeconds = 60
const rememberedMs = 60_000
const rememberedMax = 4096

export function serviceAccountTokenAuthenticator(options: ServiceAccountTokenOptions): TokenAuthenticator {
  const { issuers, keys, state, clock } = options
  const verified = new VerifiedTokens(clock)
  return {
    name: 'service-account-token',
    async check(token, audiences) {
      const issuer = issuerOf(token)
      if (issuer === undefined || !issuers.includes(issuer)) return pass
      const claims = verified.get(token) ?? (await verifiedClaims(token, keys))
      if (claims === undefined) return refused('invalid bearer token')
      verified.add(token, claims)
      const common = audiences.filter((audience) => claims.audiences.includes(audience))
      if (common.length === 0) return refused(audienceFault(claims.audiences, audiences))
      const fault = timeFault(claims, clock.nowMs()) ?? boundObjectFault(claims, state, clock.nowMs())
      return fault === undefined ? { kind: 'accepted', user: userOfClaims(claims), audiences: common } : refused(fault)
    },
  }
}

/** Undefined for what is no such token at all. */
export function issuerOf(token: string): string | undefined {
  if (token.split('.').length !== 3) return undefined
  try {
    return decodeJwt(token).iss
  } catch {
    // Not a token of this sort: another authenticator may know it.
    return undefined
  }
}

async function verifiedClaims(token: string, keys: readonly VerificationKey[]): Promise<ServiceAccountClaims | undefined> {
  return (await isSignedByOneOf(keys, token)) ? claimsOf(decodeJwt(token)) : undefined
}

/** A token that names its key is held against that one, another one against all. */
export async function isSignedByOneOf(keys: readonly VerificationKey[], token: string): Promise<boolean> {
  const { kid, alg } = decodeProtectedHeader(token)
  const named = keys.filter((key) => key.keyId === kid)
  for (const key of named.length > 0 ? named : keys) if (key.algorithm === alg && (await isSignedBy(token, key))) return true
  return false
}

async function isSignedBy(token: string, key: VerificationKey): Promise<boolean> {
  try {
    await compactVerify(token, key.publicKey, { algorithms: [key.algorithm] })
    return true
  } catch {
    // Signed by another key, or by nobody: the answer is no, whatever the library calls it.
    return false
  }
}

function audienceFault(has: readonly string[], wanted: readonly string[]): string {
  const list = (audiences: readonly string[]) => `[${audiences.map((audience) => JSON.stringify(audience)).join(' ')}]`
  return `token audiences ${list(has)} is invalid for the target audiences ${list(wanted)}`
}

function timeFault(claims: ServiceAccountClaims, nowMs: number): string | undefined {
  const nowSeconds = nowMs / 1000
  if (nowSeconds > claims.expiresAt + leewaySeconds) return 'service account token has expired'
  if (nowSeconds < claims.notBefore - leewaySeconds) return 'service account token is not valid yet'
  return undefined
}

const invalidated = 'service account token has been invalidated'

/** Why the token no longer holds, by what has become of the objects that it names. */
function boundObjectFault(claims: ServiceAccountClaims, state: StateReader, nowMs: number): string | undefined {
  const { namespace, serviceAccount, secret, pod, node } = claims
  const account = state.get(ServiceAccount, namespace, serviceAccount.name)
  if (account === undefined) return `serviceaccounts ${JSON.stringify(serviceAccount.name)} not found`
  if (isGone(account, nowMs)) return `service account ${namespace}/${serviceAccount.name} has been deleted`
  if (account.metadata.uid !== serviceAccount.uid) {
    return `service account UID (${account.metadata.uid}) does not match claim (${serviceAccount.uid})`
  }
  if (secret !== undefined) {
    const found = state.get(Secret, namespace, secret.name)
    if (found === undefined || isGone(found, nowMs)) return invalidated
    if (found.metadata.uid !== secret.uid) return uidFault('secret', found, secret.uid)
  }
  if (pod !== undefined) {
    const found = state.get(Pod, namespace, pod.name)
    if (found === undefined || isGone(found, nowMs)) return invalidated
    if (found.metadata.uid !== pod.uid) return uidFault('pod', found, pod.uid)
  }
  // A token of a pod names the node only for information: the pod's own existence is what counts.
  if (node?.uid !== undefined && pod === undefined) {
    const found = state.get(Node, undefined, node.name)
    if (found === undefined || isGone(found, nowMs)) return invalidated
    if (found.metadata.uid !== node.uid) return uidFault('node', found, node.uid)
  }
  return undefined
}

function uidFault(what: string, found: KubeObject, claimed: string): string {
  return `${what} UID (${found.metadata.uid}) does not match service account ${what} ref claim (${claimed})`
}

/** Deleted for longer than the leeway: what is shutting down in order may still speak for that long. */
function isGone({ metadata }: KubeObject, nowMs: number): boolean {
  return metadata.deletionTimestamp !== undefined && Date.parse(metadata.deletionTimestamp) < nowMs - leewaySeconds * 1000
}

/** Claims of tokens whose signature was checked a short time ago, by the hash of the token. */
class VerifiedTokens {
  readonly #clock: Clock
  readonly #entries = new Map<string, { readonly claims: ServiceAccountClaims; readonly untilMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(token: string): ServiceAccountClaims | undefined {
    const entry = this.#entries.get(digestOf(token))
    return entry === undefined || entry.untilMs < this.#clock.monotonicMs() ? undefined : entry.claims
  }

  add(token: string, claims: ServiceAccountClaims): void {
    const digest = digestOf(token)
    if (this.#entries.get(digest)?.claims === claims) return
    if (this.#entries.size >= rememberedMax) this.#entries.clear()
    this.#entries.set(digest, { claims, untilMs: this.#clock.monotonicMs() + rememberedMs })
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
