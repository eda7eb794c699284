/**
 * The front proxy (an aggregator in front of an API server): it proves itself by a client certificate of its own
 * authority, and then says in headers whose request it passes on.
 */
import { X509Certificate } from 'node:crypto'
import type { Clock } from '#base/env/clock'
import { type Certificate, certificateOf, verifyCertificate } from '#net/pki/certificate'
import type { IncomingRequest, UserInfo } from '../exchange.ts'
import type { Authenticator } from './authenticator.ts'
import { authenticated } from './token-authenticator.ts'

export type RequestHeaderOptions = {
  readonly clock: Clock
  readonly authorities: () => readonly Certificate[]
  /** Common names that may act as front proxy; empty means any that the authority signed. */
  readonly allowedNames: readonly string[]
  /** Header names as in upstream's flags; case does not matter. */
  readonly usernameHeaders: readonly string[]
  readonly uidHeaders: readonly string[]
  readonly groupHeaders: readonly string[]
  readonly extraPrefixes: readonly string[]
}

export function requestHeaderAuthenticator(options: RequestHeaderOptions): Authenticator {
  return {
    name: 'request-header',
    authenticate(request) {
      const name = firstOf(request, options.usernameHeaders)
      if (name === undefined || !comesFromFrontProxy(request, options)) return undefined
      return authenticated(userOf(request, name, options))
    },
  }
}

function comesFromFrontProxy({ peerCertificate }: IncomingRequest, options: RequestHeaderOptions): boolean {
  if (peerCertificate === undefined) return false
  const certificate = certificateOf(new X509Certificate(peerCertificate))
  const nowMs = options.clock.nowMs()
  if (!verifyCertificate(certificate, { authorities: options.authorities(), nowMs, usage: 'client' }).ok) return false
  return options.allowedNames.length === 0 || options.allowedNames.includes(certificate.subject.commonName)
}

function userOf(request: IncomingRequest, name: string, options: RequestHeaderOptions): UserInfo {
  const uid = firstOf(request, options.uidHeaders)
  const groups = options.groupHeaders.flatMap((header) => valuesOf(request.headers[header.toLowerCase()]))
  return { name, groups, ...(uid === undefined ? {} : { uid }), extra: extraOf(request, options.extraPrefixes) }
}

function firstOf(request: IncomingRequest, headers: readonly string[]): string | undefined {
  return headers.map((header) => request.headers[header.toLowerCase()]).find((value) => value !== undefined && value !== '')
}

/** Extra keys come lower-case and percent-encoded, since header names know neither case nor slashes. */
export function extraOf(request: IncomingRequest, prefixes: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const extra: Record<string, readonly string[]> = {}
  for (const [header, value] of Object.entries(request.headers)) {
    const prefix = prefixes.find((candidate) => header.startsWith(candidate.toLowerCase()))
    if (prefix !== undefined) extra[decodedKey(header.slice(prefix.length))] = valuesOf(value)
  }
  return extra
}

function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    // As upstream: what is no valid escape is taken as it stands.
    return key
  }
}

/** Repeated headers arrive joined by commas. */
export function valuesOf(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').flatMap((value) => (value.trim() === '' ? [] : [value.trim()]))
}
