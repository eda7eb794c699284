/** Client certificates: the common name is the user, the organizations are the groups. */
import { createHash, X509Certificate } from 'node:crypto'
import type { Clock } from '#base/env/clock'
import { unauthorized } from '#meta/status'
import { type Certificate, certificateOf, type Verification, verifyCertificate } from '#net/pki/certificate'
import type { UserInfo } from '../exchange.ts'
import type { Authenticator } from './authenticator.ts'
import { authenticated } from './token-authenticator.ts'

export type ClientCertificateDeps = {
  readonly clock: Clock
  /** Asked at every new certificate, so that a renewed bundle counts at once. */
  readonly authorities: () => readonly Certificate[]
}

/** A certificate of somebody else's authority passes: it may belong to the front proxy, or to nobody. */
export function clientCertificateAuthenticator({ clock, authorities }: ClientCertificateDeps): Authenticator {
  const users = new CertificateCache()
  return {
    name: 'client-certificate',
    authenticate({ peerCertificate }) {
      if (peerCertificate === undefined) return undefined
      const nowMs = clock.nowMs()
      const known = users.get(peerCertificate, nowMs)
      if (known !== undefined) return known
      const certificate = certificateOf(new X509Certificate(peerCertificate))
      const verification = verifyCertificate(certificate, { authorities: authorities(), nowMs, usage: 'client' })
      if (!verification.ok) return refusal(verification, certificate)
      const user = userOf(certificate)
      users.add(peerCertificate, certificate, user)
      return user
    },
  }
}

/** What the certificate says of its holder, whoever signed it. */
function userOf(certificate: Certificate): UserInfo {
  const { commonName, organizations } = certificate.subject
  if (commonName === '') throw unauthorized()
  const credentialId = `X509SHA256=${certificate.x509.fingerprint256.replaceAll(':', '').toLowerCase()}`
  return authenticated({ name: commonName, groups: organizations, extra: { 'authentication.kubernetes.io/credential-id': [credentialId] } })
}

function refusal(verification: Extract<Verification, { ok: false }>, certificate: Certificate): undefined {
  // An expired certificate of our own is a wrong credential; one that nobody here signed is none at all.
  if (verification.reason.includes('unknown authority') || certificate.subject.commonName === '') return undefined
  throw unauthorized()
}

const entriesMax = 4096

/** Users by the bytes of their certificate, until that expires: a connection sends many requests. */
class CertificateCache {
  readonly #users = new Map<string, { readonly user: UserInfo; readonly notAfterMs: number }>()
  /** The TLS layer hands out the same bytes for every request of a connection. */
  readonly #digests = new WeakMap<Uint8Array, string>()

  get(der: Uint8Array, nowMs: number): UserInfo | undefined {
    const entry = this.#users.get(this.#digestOf(der))
    return entry === undefined || entry.notAfterMs < nowMs ? undefined : entry.user
  }

  add(der: Uint8Array, certificate: Certificate, user: UserInfo): void {
    if (this.#users.size >= entriesMax) this.#users.clear()
    this.#users.set(this.#digestOf(der), { user, notAfterMs: certificate.notAfterMs })
  }

  #digestOf(der: Uint8Array): string {
    const known = this.#digests.get(der)
    if (known !== undefined) return known
    const digest = createHash('sha256').update(der).digest('base64')
    this.#digests.set(der, digest)
    return digest
  }
}
