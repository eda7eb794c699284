/**
 * A certificate authority: made once, then issues server and client certificates.
 * Time comes in as milliseconds; certificates begin five minutes before it, so that peers with a slow clock accept them.
 */
import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { createPrivateKeyPem, type SigningKey, signingKeyOf } from './private-key.ts'

/** A certificate with its private key, both PEM. */
export interface Credential {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export interface Subject {
  readonly commonName: string
  /** Kubernetes reads these as groups. */
  readonly organizations: readonly string[]
}

export interface AlternativeNames {
  /** DNS names and IP addresses, told apart by their form. */
  readonly hosts?: readonly string[]
}

export type CertificateUsage = 'server' | 'client'

export interface Validity {
  readonly nowMs: number
  readonly validForMs: number
}

export interface CertificateRequest extends Validity, AlternativeNames {
  readonly subject: Subject
  readonly usages: readonly CertificateUsage[]
}

const backdateMs = 5 * 60_000

/** A self-signed authority that may sign leaf certificates and further authorities. */
export async function createAuthority(commonName: string, validity: Validity): Promise<Credential> {
  const privateKeyPem = await createPrivateKeyPem()
  const key = signingKeyOf(privateKeyPem)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerialNumber(),
    name: nameOf({ commonName, organizations: [] }),
    ...periodOf(validity),
    keys: { privateKey: key.privateKey, publicKey: key.publicKey },
    signingAlgorithm: key.algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(key.publicKey),
    ],
  })
  return { certificatePem: pemOf(certificate), privateKeyPem }
}

/** A new key and a certificate for it. */
export async function issueCredential(authority: Credential, request: CertificateRequest): Promise<Credential> {
  const privateKeyPem = await createPrivateKeyPem()
  const certificatePem = await issueCertificate(authority, signingKeyOf(privateKeyPem).publicKey, request)
  return { certificatePem, privateKeyPem }
}

/** A certificate for somebody else's public key; never outlives the authority. */
export async function issueCertificate(
  authority: Credential,
  publicKey: webcrypto.CryptoKey,
  request: CertificateRequest,
): Promise<string> {
  const issuer = new X509Certificate(authority.certificatePem)
  const signer = signingKeyOf(authority.privateKeyPem)
  const period = periodOf(request)
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerialNumber(),
    subject: nameOf(request.subject),
    issuer: issuer.subjectName,
    notBefore: period.notBefore,
    notAfter: period.notAfter < issuer.notAfter ? period.notAfter : issuer.notAfter,
    publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: signer.algorithm,
    extensions: await leafExtensions(signer, publicKey, request),
  })
  return pemOf(certificate)
}

async function leafExtensions(signer: SigningKey, publicKey: webcrypto.CryptoKey, request: CertificateRequest): Promise<Extension[]> {
  const extensions: Extension[] = [
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new ExtendedKeyUsageExtension(request.usages.map((usage) => usageOids[usage])),
    new BasicConstraintsExtension(false, undefined, true),
    await AuthorityKeyIdentifierExtension.create(signer.publicKey),
  ]
  const names = alternativeNamesOf(request.hosts ?? [])
  if (names.length > 0) extensions.push(new SubjectAlternativeNameExtension(names))
  return extensions
}

const usageOids: Readonly<Record<CertificateUsage, string>> = {
  server: ExtendedKeyUsage.serverAuth,
  client: ExtendedKeyUsage.clientAuth,
}

export function alternativeNamesOf(hosts: readonly string[]): { type: 'dns' | 'ip'; value: string }[] {
  return [...new Set(hosts)].map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }))
}

export function nameOf(subject: Subject): JsonName {
  const organizations = subject.organizations.map((organization) => ({ O: [organization] }))
  return [...organizations, { CN: [subject.commonName] }]
}

function periodOf({ nowMs, validForMs }: Validity): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(nowMs - backdateMs), notAfter: new Date(nowMs + validForMs) }
}

/** 127 random bits, positive: RFC 5280 asks for at least 64 unpredictable ones. */
function randomSerialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`
}
