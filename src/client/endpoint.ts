/** Where an API server is and how a client proves itself to it: shared by the transport and by connection upgrades. */
import type { ConnectionOptions } from 'node:tls'

/** PEM texts; what is absent falls back to the machine's authorities or to no client certificate. */
export type TlsMaterial = {
  readonly caPem?: string | undefined
  readonly certificatePem?: string | undefined
  readonly privateKeyPem?: string | undefined
  /** Name to check the server's certificate against, where it differs from the host. */
  readonly serverName?: string | undefined
  readonly skipsVerification?: boolean | undefined
}

export type Endpoint = {
  /** `https://host:port`, perhaps with a path prefix; no query. */
  readonly server: URL
  /** Asked for every new connection, so that rotated certificates are used without a restart. */
  readonly tls: () => TlsMaterial | Promise<TlsMaterial>
  /** Asked for every request: `Authorization` and impersonation. */
  readonly headers: () => RequestHeaders | Promise<RequestHeaders>
}

export type Headers = Readonly<Record<string, string>>
/** A list is sent as several headers of that name. */
export type RequestHeaders = Readonly<Record<string, string | string[]>>

/** An endpoint from things that do not change. */
export function fixedEndpoint(server: string, facts: { readonly tls?: TlsMaterial; readonly headers?: RequestHeaders } = {}): Endpoint {
  return { server: new URL(server), tls: () => facts.tls ?? {}, headers: () => facts.headers ?? {} }
}

/** The path on the server: its prefix, the API path and the query. */
export function targetOf(server: URL, path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
  const prefix = server.pathname.replace(/\/+$/, '')
  const text = queryText(query)
  return `${prefix}${path}${text === '' ? '' : `${path.includes('?') ? '&' : '?'}${text}`}`
}

export type QueryValue = string | number | boolean | readonly string[] | undefined

function queryText(query: Readonly<Record<string, QueryValue>>): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`)
  }
  return pairs.join('&')
}

/** TLS options for Node's connectors. */
export function tlsOptionsOf(server: URL, material: TlsMaterial): ConnectionOptions {
  const servername = material.serverName ?? (isAddress(server.hostname) ? undefined : server.hostname)
  return {
    ca: material.caPem,
    cert: material.certificatePem,
    key: material.privateKeyPem,
    rejectUnauthorized: material.skipsVerification !== true,
    ...(servername === undefined ? {} : { servername }),
  }
}

/** SNI must not carry an IP address (RFC 6066). */
function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(hostname)
}
