/** Makes service-account tokens. */
import { SignJWT } from 'jose'
import { payloadOf, type ServiceAccountClaims } from './claims.ts'
import type { SigningKey } from './service-account-keys.ts'

export async function signToken(claims: ServiceAccountClaims, key: SigningKey): Promise<string> {
  return await new SignJWT(payloadOf(claims)).setProtectedHeader({ alg: key.algorithm, kid: key.keyId }).sign(key.privateKey)
}
