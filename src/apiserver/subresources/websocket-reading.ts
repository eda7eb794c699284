/** Streams of bytes as messages of a WebSocket, for clients that read logs that way (upstream: wsstream's Reader). */
import type { WebSocket } from 'ws'
import { badRequest } from '#meta/status'
import { acceptWebSocket } from '#net/streams/websocket-upgrade'
import type { Answer, Exchange } from '../exchange.ts'

const protocols: readonly string[] = ['binary.k8s.io', 'base64.binary.k8s.io']

export function wantsWebSocket({ request }: Exchange): boolean {
  return request.upgrade !== undefined && (request.headers['upgrade'] ?? '').toLowerCase() === 'websocket'
}

/** An answer that is no stream, or tells of a failure, is given over HTTP as it is. */
export async function sentOverWebSocket({ request }: Exchange, answer: Answer): Promise<Answer> {
  const { body, status } = answer
  if (body.kind !== 'stream' || status !== 200 || request.upgrade === undefined) return answer
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').flatMap((name) => name.trim() || [])
  const protocol = offered.length === 0 ? '' : protocols.find((name) => offered.includes(name))
  if (protocol === undefined) throw badRequest(`unable to negotiate protocol: client supports ${offered.join(', ')}`)
  const socket = await acceptWebSocket(request.upgrade(), protocol)
  // Whoever goes away in the middle has all that could be told.
  void sendAll(socket, body.chunks, protocol.startsWith('base64.'))
    .catch(() => undefined)
    .then(() => socket.close(1000))
  return { status: 101, body: { kind: 'upgraded' } }
}

async function sendAll(socket: WebSocket, chunks: AsyncIterable<Uint8Array>, isBase64: boolean): Promise<void> {
  for await (const bytes of chunks) {
    const message = isBase64 ? Buffer.from(bytes).toString('base64') : bytes
    await new Promise<void>((resolve, reject) => socket.send(message, (error) => (error ? reject(error) : resolve())))
  }
}
