/** Reads certificates and checks them against authorities; synchronous, since every request with a client certificate comes by. */
import { X509Certificate } from 'node:crypto'
import type { CertificateUsage, Subject } from './authority.ts'

export interface Certificate {
  readonly subject: Subject
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly isAuthority: boolean
  /** `client`, `server`, or the object identifier of another one. Empty means any, as in RFC 5280. */
  readonly usages: readonly string[]
  readonly hosts: readonly string[]
  readonly serialNumber: string
  /** For signature checks and fingerprints. */
  readonly x509: X509Certificate
}

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** The certificates of a PEM bundle, in order. */
export function parseCertificates(pem: string): readonly Certificate[] {
  return (pem.match(pemBlock) ?? []).map((block) => certificateOf(new X509Certificate(block)))
}

/** The first certificate of a PEM text: the leaf of a chain. */
export function parseCertificate(pem: string): Certificate {
  const first = parseCertificates(pem)[0]
  if (first === undefined) throw new Error('no PEM block of type CERTIFICATE found')
  return first
}

/** Reads a certificate that the TLS layer has already decoded. */
export function certificateOf(x509: X509Certificate): Certificate {
  return {
    subject: subjectOf(x509),
    notBeforeMs: x509.validFromDate.getTime(),
    notAfterMs: x509.validToDate.getTime(),
    isAuthority: x509.ca,
    usages: (x509.keyUsage ?? []).map((oid) => usageByOid[oid] ?? oid),
    hosts: hostsOf(x509.subjectAltName),
    serialNumber: x509.serialNumber,
    x509,
  }
}

export type Verification = { readonly ok: true } | { readonly ok: false; readonly reason: string }

export interface VerifyOptions {
  readonly authorities: readonly Certificate[]
  readonly intermediates?: readonly Certificate[]
  readonly nowMs: number
  readonly usage?: CertificateUsage
}

const chainLengthMax = 8
const anyUsageOid = '2.5.29.37.0'

/** Whether a chain of valid signatures leads from the certificate to one of the authorities. */
export function verifyCertificate(certificate: Certificate, options: VerifyOptions): Verification {
  const { usage, nowMs } = options
  if (usage !== undefined && !allowsUsage(certificate, usage)) return refused('certificate specifies an incompatible key usage')
  let current = certificate
  for (let length = 0; length < chainLengthMax; length++) {
    const outOfTime = timeFault(current, nowMs)
    if (outOfTime !== undefined) return refused(outOfTime)
    const root = issuerOf(current, options.authorities)
    if (root !== undefined) return rootVerification(root, nowMs)
    const next = issuerOf(current, options.intermediates ?? [])
    if (next === undefined) break
    current = next
  }
  return refused('certificate signed by unknown authority')
}

function rootVerification(root: Certificate, nowMs: number): Verification {
  const outOfTime = timeFault(root, nowMs)
  return outOfTime === undefined ? { ok: true } : refused(outOfTime)
}

function issuerOf(certificate: Certificate, candidates: readonly Certificate[]): Certificate | undefined {
  return candidates.find(
    (candidate) =>
      candidate.isAuthority && certificate.x509.checkIssued(candidate.x509) && certificate.x509.verify(candidate.x509.publicKey),
  )
}

function timeFault(certificate: Certificate, nowMs: number): string | undefined {
  const now = new Date(nowMs).toISOString()
  if (nowMs < certificate.notBeforeMs) {
    return `certificate has expired or is not yet valid: current time ${now} is before ${new Date(certificate.notBeforeMs).toISOString()}`
  }
  if (nowMs > certificate.notAfterMs) {
    return `certificate has expired or is not yet valid: current time ${now} is after ${new Date(certificate.notAfterMs).toISOString()}`
  }
  return undefined
}

function allowsUsage({ usages }: Certificate, usage: CertificateUsage): boolean {
  return usages.length === 0 || usages.includes(usage) || usages.includes(anyUsageOid)
}

function refused(reason: string): Verification {
  return { ok: false, reason }
}

const usageByOid: Readonly<Record<string, CertificateUsage>> = { '1.3.6.1.5.5.7.3.1': 'server', '1.3.6.1.5.5.7.3.2': 'client' }

function subjectOf(x509: X509Certificate): Subject {
  const subject: Readonly<Record<string, unknown>> = { ...x509.toLegacyObject().subject }
  // Where a name is given twice the last one counts, as in Go's pkix.Name.
  return { commonName: textsOf(subject['CN']).at(-1) ?? '', organizations: textsOf(subject['O']) }
}

function textsOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((text) => typeof text === 'string')
}

function hostsOf(subjectAltName: string | undefined): string[] {
  const names = (subjectAltName ?? '').split(', ').map((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1])
  return names.filter((name) => name !== undefined)
}
