/**
 * Several byte streams over one WebSocket, as Kubernetes does it: each message starts with its channel's number.
 * In base64 protocols the number is a digit and the rest is base64 text. Only v5 can say that one channel has ended.
 */
import { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'

export interface ChannelFormat {
  readonly isBase64: boolean
  /** v5: a client may end a channel by a message on channel 255. */
  readonly canEndChannel: boolean
}

export interface WebSocketChannels {
  /** Reading ends when the WebSocket does; a client's end of writing travels where the format allows. */
  readonly channels: readonly Duplex[]
  readonly closed: Promise<void>
  close(): void
}

const endChannel = 255

export function openWebSocketChannels(
  socket: WebSocket,
  count: number,
  format: ChannelFormat & { readonly side: 'client' | 'server' },
): WebSocketChannels {
  const inTurn = oneAtATime()
  const send = (channel: number, payload: Buffer, done: (error?: Error) => void) => {
    const message = format.isBase64 ? `${channel}${payload.toString('base64')}` : Buffer.concat([Buffer.of(channel), payload])
    inTurn((next) => {
      const finish = (error?: Error) => {
        done(error)
        next()
      }
      if (socket.readyState === socket.OPEN) socket.send(message, finish)
      else finish(new Error('the WebSocket is closed'))
    })
  }
  const channels = Array.from({ length: count }, (_, channel) => {
    const body = new Duplex({
      autoDestroy: false,
      read: () => socket.resume(),
      write: (chunk: Buffer, _encoding, done) => send(channel, chunk, done),
      final: (done) => {
        const mayTell = format.canEndChannel && format.side === 'client' && socket.readyState === socket.OPEN
        if (mayTell) send(endChannel, Buffer.of(channel), () => done())
        else done()
      },
    })
    // The loss of the connection shows as the end of reading; a late write must not end the process.
    body.on('error', () => {})
    return body
  })
  const ended = new Set<Duplex>()
  const endReading = (body: Duplex) => {
    if (!ended.has(body)) body.push(null)
    ended.add(body)
  }
  socket.on('message', (data) => {
    const message = decodeMessage(data, format)
    if (message === undefined) return
    if (message.channel === endChannel && format.canEndChannel) {
      const body = channels[message.payload[0] ?? endChannel]
      if (body !== undefined) endReading(body)
      return
    }
    const body = channels[message.channel]
    if (body === undefined || ended.has(body) || body.destroyed || message.payload.length === 0) return
    if (!body.push(message.payload)) socket.pause()
  })
  const closed = new Promise<void>((resolve) => {
    socket.on('error', () => socket.terminate())
    socket.once('close', () => {
      for (const body of channels) endReading(body)
      resolve()
    })
  })
  return { channels, closed, close: () => inTurn(() => socket.close(1000)) }
}

/**
 * Messages leave one by one, so that TLS gives each a record of its own. Some clients (Python's) wait for bytes on the
 * connection and then read a single message: a second one in the same record would lie unseen until more comes.
 */
function oneAtATime(): (task: (next: () => void) => void) => void {
  const waiting: ((next: () => void) => void)[] = []
  let isBusy = false

  function next(): void {
    const task = waiting.shift()
    isBusy = task !== undefined
    task?.(next)
  }

  return (task) => {
    waiting.push(task)
    if (!isBusy) next()
  }
}

function decodeMessage(data: RawData, { isBase64 }: ChannelFormat): { channel: number; payload: Buffer } | undefined {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)
  const first = bytes[0]
  if (first === undefined) return undefined
  if (!isBase64) return { channel: first, payload: bytes.subarray(1) }
  return { channel: first - 0x30, payload: Buffer.from(bytes.toString('latin1', 1), 'base64') }
}
