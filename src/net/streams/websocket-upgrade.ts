/**
 * WebSocket handshakes, both sides, with Kubernetes' subprotocols. The library keeps to the letter of RFC 6455, by which a subprotocol
 * has no slash; `SPDY/3.1+portforward.k8s.io` has one. So the negotiation is done here and the library does not see it.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { WebSocket, WebSocketServer } from 'ws'
import { type DialTarget, UpgradeRefused } from './upgrade.ts'

const messageBytesMax = 16 << 20
const protocolHeader = 'sec-websocket-protocol'

export interface UpgradeRequest {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** Accepts with one of the offered subprotocols, or without any where `protocol` is empty. */
export async function acceptWebSocket({ request, socket, head }: UpgradeRequest, protocol: string): Promise<WebSocket> {
  const server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: messageBytesMax })
  delete request.headers[protocolHeader]
  if (protocol !== '') server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`))
  const accepted = await new Promise<WebSocket>((resolve, reject) => {
    server.once('wsClientError', reject)
    server.handleUpgrade(request, socket, head, resolve)
  })
  // The answer leaves alone: see `oneAtATime` in `websocket-channels.ts`. Nothing may come in before the caller listens.
  accepted.pause()
  await new Promise((resolve) => socket.write('', resolve))
  accepted.resume()
  return accepted
}

/** Rejects with UpgradeRefused where the server stays with HTTP. The socket is paused until it gets a listener. */
export function dialWebSocket(target: DialTarget, protocols: readonly string[], signal?: AbortSignal): Promise<WebSocket> {
  const url = new URL(target.url)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const headers = { ...target.headers, [protocolHeader]: protocols.join(', ') }
    const socket = new WebSocket(url, { headers, maxPayload: messageBytesMax, perMessageDeflate: false, ...target.tls })
    const onAbort = () => socket.terminate()
    signal?.addEventListener('abort', onAbort, { once: true })
    socket.once('upgrade', (response) => {
      const chosen = response.headers[protocolHeader]
      if (chosen === undefined || !protocols.includes(chosen)) socket.close()
      delete response.headers[protocolHeader]
    })
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      text(response).then((body) => reject(new UpgradeRefused(response.statusCode ?? 0, body)), reject)
    })
    socket.once('error', (error) => reject(signal?.aborted ? signal.reason : error))
    socket.once('open', () => {
      signal?.removeEventListener('abort', onAbort)
      resolve(socket)
    })
  })
}
