/** Turns what Node reports about a connection into a ConnectionError in the words that users of Kubernetes know. */
import { ConnectionError, type ConnectionFailure } from './transport.ts'

/** `what` names the request, as in `Get "https://host/path"`. */
export function connectionErrorOf(error: unknown, server: URL, what: string): ConnectionError {
  if (error instanceof ConnectionError) return error
  const { failure, text } = describe(error, server)
  return new ConnectionError(`${what}: ${text}`, { cause: error, failure })
}

/** The name of a request in error texts, as Go's net/url writes it. */
export function requestName(method: string, url: string): string {
  return `${method.charAt(0)}${method.slice(1).toLowerCase()} ${JSON.stringify(url)}`
}

function describe(error: unknown, server: URL): { readonly failure: ConnectionFailure; readonly text: string } {
  const code = codeOf(error)
  const address = `${server.hostname}:${server.port || (server.protocol === 'http:' ? '80' : '443')}`
  switch (code) {
    case 'ECONNREFUSED':
      return { failure: 'refused', text: `dial tcp ${address}: connect: connection refused` }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { failure: 'unknown-host', text: `dial tcp: lookup ${server.hostname}: no such host` }
    case 'ETIMEDOUT':
      return { failure: 'timeout', text: `dial tcp ${address}: i/o timeout` }
    case 'EHOSTUNREACH':
      return { failure: 'refused', text: `dial tcp ${address}: connect: no route to host` }
    case 'ENETUNREACH':
      return { failure: 'refused', text: `dial tcp ${address}: connect: network is unreachable` }
    case 'ECONNRESET':
    case 'EPIPE':
      return { failure: 'reset', text: 'read: connection reset by peer' }
    default:
      return describeCertificate(code, error, server)
  }
}

function describeCertificate(code: string, error: unknown, server: URL): { readonly failure: ConnectionFailure; readonly text: string } {
  const certificate = (why: string) => ({ failure: 'certificate' as const, text: `tls: failed to verify certificate: x509: ${why}` })
  switch (code) {
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
      return certificate('certificate signed by unknown authority')
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return certificate('certificate has expired or is not yet valid')
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return certificate(`certificate is not valid for ${server.hostname}`)
    default:
      return { failure: 'lost', text: error instanceof Error ? error.message : String(error) }
  }
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  // Several addresses were tried: the first failure tells the story.
  return error instanceof AggregateError ? codeOf(error.errors[0]) : ''
}
