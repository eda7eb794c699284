/** A watch over a WebSocket, for browsers: each event is a message, text where the form is text. */
import { WebSocket } from 'ws'
import { acceptWebSocket } from '#net/streams/websocket-upgrade'
import type { Answer, Exchange, FrameReader, IncomingRequest, WatchBody } from '../exchange.ts'

/** A reader that has left so much unread is cut off. */
const backlogMax = 16 * 1024 * 1024
/** In front of each frame in protobuf stands its length; messages have their own. */
const lengthBytes = 4

export type WatchAnswer = Answer & { readonly body: { readonly kind: 'watch'; readonly watch: WatchBody } }

export function wantsWatchSocket(answer: Answer, { request }: Exchange): answer is WatchAnswer {
  return answer.body.kind === 'watch' && request.upgrade !== undefined && request.headers['upgrade']?.toLowerCase() === 'websocket'
}

/** Resolves when the watch is over. */
export async function watchOverSocket({ headers, body }: WatchAnswer, { request, signal }: Exchange): Promise<void> {
  if (request.upgrade === undefined) return
  const socket = await acceptWebSocket(request.upgrade(), protocolOf(request))
  const gone = new AbortController()
  socket.on('close', () => gone.abort())
  socket.on('error', () => gone.abort())
  const reader = socketReader(socket, headers?.['content-type']?.includes('json') === false)
  await body.watch.run(reader, AbortSignal.any([signal, gone.signal]))
  socket.close(1000)
}

function socketReader(socket: WebSocket, isBinary: boolean): FrameReader {
  let drained = Promise.resolve()
  return {
    send(frames) {
      if (socket.readyState !== WebSocket.OPEN) return false
      if (socket.bufferedAmount > backlogMax) {
        socket.terminate()
        return false
      }
      const sent = frames.map(({ bytes }) => sendMessage(socket, isBinary ? bytes.subarray(lengthBytes) : bytes, isBinary))
      drained = Promise.all(sent).then(() => undefined)
      return true
    },
    drained: () => drained,
  }
}

/** Resolves when the message is on its way, or never will be. */
function sendMessage(socket: WebSocket, bytes: Uint8Array, binary: boolean): Promise<void> {
  return new Promise((resolve) => socket.send(bytes, { binary }, () => resolve()))
}

/** The one protocol that is offered, but for a token in the guise of one. */
function protocolOf({ headers }: IncomingRequest): string {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').flatMap((name) => name.trim() || [])
  const [protocol = '', ...more] = offered.filter((name) => !name.startsWith('base64url.bearer.authorization.k8s.io.'))
  return more.length === 0 ? protocol : ''
}
