/** WebSocket handshakes, both sides, with Kubernetes' subprotocols. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { WebSocket, WebSocketServer } from 'ws'
import { type DialTarget, UpgradeRefused } from './upgrade.ts'

const messageBytesMax = 16 << 20

export interface UpgradeRequest {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** Accepts with one of the offered subprotocols, or without any where `protocol` is empty. */
export function acceptWebSocket({ request, socket, head }: UpgradeRequest, protocol: string): Promise<WebSocket> {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: messageBytesMax,
    handleProtocols: () => (protocol === '' ? false : protocol),
  })
  return new Promise((resolve, reject) => {
    server.once('wsClientError', reject)
    server.handleUpgrade(request, socket, head, resolve)
  })
}

/** Rejects with UpgradeRefused where the server stays with HTTP. The socket is paused until it gets a listener. */
export function dialWebSocket(target: DialTarget, protocols: readonly string[], signal?: AbortSignal): Promise<WebSocket> {
  const url = new URL(target.url)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const socket = new WebSocket(url, [...protocols], {
      headers: { ...target.headers },
      maxPayload: messageBytesMax,
      perMessageDeflate: false,
      ...target.tls,
    })
    const onAbort = () => socket.terminate()
    signal?.addEventListener('abort', onAbort, { once: true })
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
