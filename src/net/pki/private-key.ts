/** Private keys as PEM text, and their way into WebCrypto for signing certificates. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, type webcrypto } from 'node:crypto'
import { promisify } from 'node:util'

export type KeyAlgorithm = 'ecdsa-p256' | 'rsa-2048'

/** A fresh private key as PKCS #8 PEM. */
export async function createPrivateKeyPem(algorithm: KeyAlgorithm = 'ecdsa-p256'): Promise<string> {
  const pair =
    algorithm === 'rsa-2048'
      ? await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
      : await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** The public half of a private key as SubjectPublicKeyInfo PEM: what token verifiers read. */
export function publicKeyPemOf(privateKeyPem: string): string {
  return createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString()
}

/** A private key (PKCS #8, PKCS #1 or SEC 1) ready to sign certificates and requests. */
export interface SigningKey {
  readonly privateKey: webcrypto.CryptoKey
  readonly publicKey: webcrypto.CryptoKey
  readonly algorithm: { readonly name: string; readonly hash: string }
}

export function signingKeyOf(privateKeyPem: string): SigningKey {
  const privateKey = createPrivateKey(privateKeyPem)
  const algorithm = webAlgorithmOf(privateKey)
  return {
    privateKey: privateKey.toCryptoKey(algorithm, false, ['sign']),
    publicKey: createPublicKey(privateKeyPem).toCryptoKey(algorithm, true, ['verify']),
    algorithm: { name: algorithm.name, hash: algorithm.hash },
  }
}

const hashByCurve: Readonly<Record<string, { namedCurve: string; hash: string }>> = {
  prime256v1: { namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { namedCurve: 'P-521', hash: 'SHA-512' },
}

function webAlgorithmOf(key: KeyObject) {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const curve = hashByCurve[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (curve === undefined) throw new Error(`private key of type ${key.asymmetricKeyType} cannot sign certificates: use RSA or ECDSA`)
  return { name: 'ECDSA', ...curve }
}
