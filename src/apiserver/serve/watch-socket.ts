/** A watch over a WebSocket, for browsers: each event is a message, text where the form is text. */
import { WebSocket } from 'ws'
import { acceptWebSocket } from '#net/streams/websocket-upgrade'
import type { Answer, Exchange, IncomingRequest, SharedFrame, WatchBody } from '../exchange.ts'

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
  const isBinary = headers?.['content-type']?.includes('json') === false
  const send = (frames: readonly SharedFrame[]) => sendFrames(socket, frames, isBinary)
  await body.watch.run(send, AbortSignal.any([signal, gone.signal]))
  socket.close(1000)
}

function sendFrames(socket: WebSocket, frames: readonly SharedFrame[], isBinary: boolean): boolean {
  if (socket.readyState !== WebSocket.OPEN) return false
  if (socket.bufferedAmount > backlogMax) {
    socket.terminate()
    return false
  }
  for (const { bytes } of frames) socket.send(isBinary ? bytes.subarray(lengthBytes) : bytes, { binary: isBinary })
  return true
}

/** The one protocol that is offered, but for a token in the guise of one. */
function protocolOf({ headers }: IncomingRequest): string {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').flatMap((name) => name.trim() || [])
  const [protocol = '', ...more] = offered.filter((name) => !name.startsWith('base64url.bearer.authorization.k8s.io.'))
  return more.length === 0 ? protocol : ''
}
