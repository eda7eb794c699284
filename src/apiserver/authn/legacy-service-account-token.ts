/**
 * Service-account tokens of the old sort: they live in a secret, for as long as that does, and name no audience. The secret
 * tells when its token was last used, by day, so that somebody can find those that nobody needs.
 */
import { timingSafeEqual } from 'node:crypto'
import { decodeJwt } from 'jose'
import { type Clock, rfc3339 } from '#base/env/clock'
import { Secret } from '#kinds/core/secret.kind'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import type { StateReader } from '../exchange.ts'
import { serviceAccountGroups, serviceAccountUserName } from '../tokens/claims.ts'
import type { VerificationKey } from '../tokens/service-account-keys.ts'
import { isSignedByOneOf, issuerOf } from './service-account-token.ts'
import { pass, refused, type TokenAuthenticator } from './token-authenticator.ts'

export type LegacyTokenOptions = {
  readonly keys: readonly VerificationKey[]
  readonly state: StateReader
  readonly clock: Clock
  /** What this server answers to: such a token holds for these. */
  readonly audiences: readonly string[]
  /** Writes labels to a secret; does not wait for the write. */
  readonly labelSecret: (secret: Secret, labels: Readonly<Record<string, string>>) => void
}

const issuer = 'kubernetes/serviceaccount'
const lastUsedLabel = 'kubernetes.io/legacy-token-last-used'
const invalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since'

export function legacyServiceAccountTokenAuthenticator(options: LegacyTokenOptions): TokenAuthenticator {
  const { keys, state, clock, labelSecret } = options
  return {
    name: 'legacy-service-account-token',
    async check(token, wanted) {
      if (issuerOf(token) !== issuer) return pass
      const audiences = wanted.filter((audience) => options.audiences.includes(audience))
      if (wanted.length > 0 && audiences.length === 0) return pass
      if (!(await isSignedByOneOf(keys, token))) return refused('invalid bearer token')
      const claims = legacyClaims(decodeJwt(token))
      if (typeof claims === 'string') return refused(claims)
      const secret = state.get(Secret, claims.namespace, claims.secretName)
      const fault = faultOf(claims, token, secret, state)
      if (secret === undefined || fault !== undefined) return refused(fault ?? '')
      noteUse(secret, rfc3339(clock.nowMs()).slice(0, 10), labelSecret)
      const { namespace, accountName, accountUid } = claims
      const user = { name: serviceAccountUserName(namespace, accountName), uid: accountUid, groups: serviceAccountGroups(namespace) }
      return { kind: 'accepted', user, audiences }
    },
  }
}

type LegacyClaims = { readonly namespace: string; readonly secretName: string; readonly accountName: string; readonly accountUid: string }

/** The claims, or what is wrong with them. */
function legacyClaims(payload: Readonly<Record<string, unknown>>): LegacyClaims | string {
  const claim = (name: string) => {
    const value = payload[`kubernetes.io/serviceaccount/${name}`]
    return typeof value === 'string' ? value : ''
  }
  const [namespace, secretName] = [claim('namespace'), claim('secret.name')]
  const [accountName, accountUid] = [claim('service-account.name'), claim('service-account.uid')]
  if (namespace === '') return 'namespace claim is missing'
  if (secretName === '') return 'secretName claim is missing'
  if (accountName === '') return 'serviceAccountName claim is missing'
  if (accountUid === '') return 'serviceAccountUID claim is missing'
  if (payload['sub'] !== serviceAccountUserName(namespace, accountName)) return 'sub claim is invalid'
  return { namespace, secretName, accountName, accountUid }
}

function faultOf(
  { namespace, accountName, accountUid }: LegacyClaims,
  token: string,
  secret: Secret | undefined,
  state: StateReader,
): string | undefined {
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return 'Token has been invalidated'
  if (!isSame(Buffer.from(secret.data?.['token'] ?? '', 'base64'), Buffer.from(token))) return "Token does not match server's copy"
  const account = state.get(ServiceAccount, namespace, accountName)
  if (account === undefined) return `serviceaccounts ${JSON.stringify(accountName)} not found`
  if (account.metadata.deletionTimestamp !== undefined) return `ServiceAccount ${namespace}/${accountName} has been deleted`
  if (account.metadata.uid !== accountUid) return `ServiceAccount UID (${account.metadata.uid}) does not match claim (${accountUid})`
  if (!secret.metadata.labels?.[invalidSinceLabel]) return undefined
  return (
    `the token in secret ${namespace}/${secret.metadata.name} for service account ${namespace}/${accountName} has been marked invalid. ` +
    'Use tokens from the TokenRequest API or manually created secret-based tokens, ' +
    `or remove the '${invalidSinceLabel}' label from the secret to temporarily allow use of this token`
  )
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

function noteUse(secret: Secret, day: string, labelSecret: LegacyTokenOptions['labelSecret']): void {
  if (secret.metadata.labels?.[lastUsedLabel] !== day) labelSecret(secret, { [lastUsedLabel]: day })
}
