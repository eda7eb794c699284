/** Who calls the kubelet: the subject of a client certificate, or whoever the API server says that a token belongs to. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Clock } from '#base/env/clock'
import type { Client } from '#client/client'
import type { TokenReview } from '#kinds/authentication/types.gen'
import { type Certificate, certificateOf, parseCertificates, verifyCertificate } from '#net/pki/certificate'
import { ExpiringCache } from './expiring-cache.ts'

export type Caller = {
  readonly name: string
  readonly uid?: string | undefined
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined
}

export type AuthenticatorDeps = { readonly client: Client; readonly clock: Clock }

/** Upstream's `authentication.webhook.cacheTTL`. */
const acceptedMs = 120_000
const refusedMs = 10_000

export class Authenticator {
  readonly #deps: AuthenticatorDeps
  readonly #authorities: readonly Certificate[]
  readonly #reviews: ExpiringCache<Caller | undefined>

  constructor(deps: AuthenticatorDeps, clientCaPem: string) {
    this.#deps = deps
    this.#authorities = parseCertificates(clientCaPem)
    this.#reviews = new ExpiringCache(deps.clock)
  }

  /** Undefined where the request proves nothing. Rejects where the API server cannot be asked. */
  async callerOf(request: IncomingMessage): Promise<Caller | undefined> {
    return this.#byCertificate(request) ?? (await this.#byToken(request))
  }

  #byCertificate({ socket }: IncomingMessage): Caller | undefined {
    const x509 = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
    if (x509 === undefined) return undefined
    const certificate = certificateOf(x509)
    const options = { authorities: this.#authorities, nowMs: this.#deps.clock.nowMs(), usage: 'client' as const }
    if (!verifyCertificate(certificate, options).ok) return undefined
    const { commonName, organizations } = certificate.subject
    return { name: commonName, groups: [...organizations, 'system:authenticated'] }
  }

  async #byToken(request: IncomingMessage): Promise<Caller | undefined> {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) return undefined
    // The token itself is a secret: it is not kept.
    const key = createHash('sha256').update(token).digest('base64')
    return await this.#reviews.get(
      key,
      () => this.#review(token),
      (caller) => (caller === undefined ? refusedMs : acceptedMs),
    )
  }

  async #review(token: string): Promise<Caller | undefined> {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: {}, spec: { token } }
    const answer = await this.#deps.client.transport.request({ method: 'POST', path: '/apis/authentication.k8s.io/v1/tokenreviews', body })
    const { authenticated, user } = (answer.body as TokenReview).status
    if (authenticated !== true || user === undefined) return undefined
    return { name: user.username ?? '', uid: user.uid, groups: user.groups ?? [], extra: user.extra }
  }
}
