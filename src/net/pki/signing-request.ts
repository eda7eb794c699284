/** PKCS #10 certificate signing requests: what a node sends to get its certificate. */
import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509'
import {
  type AlternativeNames,
  alternativeNamesOf,
  type CertificateRequest,
  type Credential,
  issueCertificate,
  nameOf,
  type Subject,
} from './authority.ts'
import { signingKeyOf } from './private-key.ts'

export interface SigningRequest {
  readonly subject: Subject
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
  readonly emailAddresses: readonly string[]
  readonly uris: readonly string[]
  readonly publicKey: webcrypto.CryptoKey
}

/** A request for the key, as PEM of type CERTIFICATE REQUEST. */
export async function createSigningRequest(privateKeyPem: string, wanted: { subject: Subject } & AlternativeNames): Promise<string> {
  const key = signingKeyOf(privateKeyPem)
  const names = alternativeNamesOf(wanted.hosts ?? [])
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: nameOf(wanted.subject),
    keys: { privateKey: key.privateKey, publicKey: key.publicKey },
    signingAlgorithm: key.algorithm,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    ],
  })
  return `${request.toString('pem').trim()}\n`
}

/** Reads a request and proves that its sender holds the private key. */
export async function parseSigningRequest(pem: string): Promise<SigningRequest> {
  if (!/-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(pem)) throw new Error('PEM block type must be CERTIFICATE REQUEST')
  const request = new Pkcs10CertificateRequest(pem)
  if (!(await request.verify())) throw new Error('the signature of the certificate request does not match its public key')
  const names = request.extensions.find((extension) => extension instanceof SubjectAlternativeNameExtension)?.names.items ?? []
  const valuesOf = (type: string) => names.filter((name) => name.type === type).map((name) => name.value)
  return {
    subject: subjectOf(request.subjectName.toJSON()),
    dnsNames: valuesOf('dns'),
    ipAddresses: valuesOf('ip'),
    emailAddresses: valuesOf('email'),
    uris: valuesOf('url'),
    publicKey: await request.publicKey.export(),
  }
}

/** Signs a parsed request with the subject and names that it asks for. */
export function signRequest(
  authority: Credential,
  request: SigningRequest,
  terms: Omit<CertificateRequest, 'subject' | 'hosts'>,
): Promise<string> {
  const hosts = [...request.dnsNames, ...request.ipAddresses.filter((address) => isIP(address) !== 0)]
  return issueCertificate(authority, request.publicKey, { ...terms, subject: request.subject, hosts })
}

function subjectOf(name: JsonName): Subject {
  const textsOf = (field: string) =>
    name.flatMap((part) => (part[field] ?? []).map((text) => (typeof text === 'string' ? text : Object.values(text).join(''))))
  return { commonName: textsOf('CN').at(-1) ?? '', organizations: textsOf('O') }
}
