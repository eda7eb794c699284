/** Bearer tokens of requests: from the Authorization header, or from the WebSocket protocol list where a browser cannot set that. */
import { unauthorized } from '#meta/status'
import type { IncomingRequest } from '../exchange.ts'
import type { Authenticator } from './authenticator.ts'
import { checkToken, type TokenAuthenticator } from './token-authenticator.ts'

/** `audiences` are the names that this API server answers to. */
export function bearerTokenAuthenticator(tokens: readonly TokenAuthenticator[], audiences: readonly string[]): Authenticator {
  return {
    name: 'bearer-token',
    async authenticate(request, signal) {
      const token = bearerTokenOf(request)
      if (token === undefined) return undefined
      const outcome = await checkToken(tokens, token, audiences, signal)
      // A wrong token is refused even where anonymous requests are welcome: the caller meant to be somebody.
      if (!outcome.authenticated) throw unauthorized()
      return outcome.user
    },
  }
}

/** The token that a request carries; undefined where it carries none, or an empty one. */
function bearerTokenOf(request: IncomingRequest): string | undefined {
  return headerToken(request.headers['authorization']) ?? protocolToken(request.headers['sec-websocket-protocol'])
}

function headerToken(header: string | undefined): string | undefined {
  const [scheme, token] = (header ?? '').trim().split(' ')
  return scheme?.toLowerCase() === 'bearer' && token !== undefined && token !== '' ? token : undefined
}

const protocolPrefix = 'base64url.bearer.authorization.k8s.io.'

function protocolToken(header: string | undefined): string | undefined {
  const entry = (header ?? '').split(',').find((protocol) => protocol.trim().startsWith(protocolPrefix))
  if (entry === undefined) return undefined
  const token = Buffer.from(entry.trim().slice(protocolPrefix.length), 'base64url').toString('utf8')
  return token === '' ? undefined : token
}
