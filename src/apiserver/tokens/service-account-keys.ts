/** The keys behind service-account tokens: one that signs, all that are trusted, and their public form for others. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

export type VerificationKey = { readonly keyId: string; readonly algorithm: string; readonly publicKey: KeyObject }
export type SigningKey = VerificationKey & { readonly privateKey: KeyObject }

const pemBlock = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g

/** Every key of a PEM file; of private keys the public half. Throws when the file holds none. */
export function verificationKeysOf(pem: string): readonly VerificationKey[] {
  const keys = (pem.match(pemBlock) ?? [])
    .filter((block) => !block.includes('PARAMETERS'))
    .map((block) => verificationKeyOf(createPublicKey(block)))
  if (keys.length === 0) throw new Error('data does not contain any valid RSA or ECDSA public keys')
  return keys
}

export function signingKeyOf(pem: string): SigningKey {
  return { ...verificationKeyOf(createPublicKey(pem)), privateKey: createPrivateKey(pem) }
}

function verificationKeyOf(publicKey: KeyObject): VerificationKey {
  // As upstream: the id is the hash of the public key, so that all servers that share it agree.
  const keyId = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
  return { keyId, algorithm: algorithmOf(publicKey), publicKey }
}

const algorithmByCurve: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }

function algorithmOf(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return 'RS256'
  const algorithm = algorithmByCurve[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (algorithm === undefined) throw new Error(`key of type ${key.asymmetricKeyType} cannot sign tokens: use RSA or ECDSA`)
  return algorithm
}

/** The key set that `/openid/v1/jwks` serves. */
export function jsonWebKeySetOf(keys: readonly VerificationKey[]): { readonly keys: readonly unknown[] } {
  const distinct = [...new Map(keys.map((key) => [key.keyId, key])).values()]
  return {
    keys: distinct.map(({ keyId, algorithm, publicKey }) => ({
      use: 'sig',
      kid: keyId,
      alg: algorithm,
      ...publicKey.export({ format: 'jwk' }),
    })),
  }
}
