/** OpenID discovery: how others learn to verify our service-account tokens. */
import { jsonWebKeySetOf, type VerificationKey } from './service-account-keys.ts'

export type OpenIdOptions = {
  /** The first one signs; only that one is announced. */
  readonly issuer: string
  /** Where the key set is found; asked when it is served, since the port may be known late. */
  readonly jwksUri: () => string
  readonly keys: readonly VerificationKey[]
}

export type OpenIdDocument = { readonly path: string; readonly contentType: string; readonly body: () => string }

/** The two documents that are served. */
export function openIdDocuments({ issuer, jwksUri, keys }: OpenIdOptions): readonly OpenIdDocument[] {
  const configuration = () => ({
    issuer,
    jwks_uri: jwksUri(),
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(keys.map((key) => key.algorithm))].sort(),
  })
  const keySet = JSON.stringify(jsonWebKeySetOf(keys))
  return [
    { path: '/.well-known/openid-configuration', contentType: 'application/json', body: () => JSON.stringify(configuration()) },
    { path: '/openid/v1/jwks', contentType: 'application/jwk-set+json', body: () => keySet },
  ]
}
