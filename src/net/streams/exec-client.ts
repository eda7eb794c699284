/** The dialling end of exec and attach: WebSocket v5 first and then SPDY, or SPDY alone for servers that speak nothing else. */
import { channelOrder, execStreamsOf } from './exec-server.ts'
import { type ExecOptions, type ExecStreams, type ExecVersion, expectedStreams } from './exec-streams.ts'
import { SpdySession, type SpdyStream } from './spdy-session.ts'
import { type DialTarget, dialSpdyUpgrade, UpgradeRefused } from './upgrade.ts'
import { openWebSocketChannels } from './websocket-channels.ts'
import { dialWebSocket } from './websocket-upgrade.ts'

export type StreamTransport = 'websocket' | 'spdy'

export interface DialExecOptions extends ExecOptions {
  /** Tried in order; the next one only when the server refuses to upgrade to the one before. Container runtimes speak SPDY only. */
  readonly transports: readonly StreamTransport[]
}

/** Rejects with UpgradeRefused where the server answers with an error. The signal ends dialling only; `close` ends the session. */
export async function dialExec(target: DialTarget, options: DialExecOptions, signal?: AbortSignal): Promise<ExecStreams> {
  let refusal: unknown
  for (const transport of options.transports) {
    try {
      return await (transport === 'websocket' ? dialOverWebSocket : dialOverSpdy)(target, options, signal)
    } catch (error) {
      if (!(error instanceof UpgradeRefused)) throw error
      refusal = error
    }
  }
  throw refusal
}

async function dialOverWebSocket(target: DialTarget, options: ExecOptions, signal?: AbortSignal): Promise<ExecStreams> {
  const socket = await dialWebSocket(target, ['v5.channel.k8s.io'], signal)
  const connection = openWebSocketChannels(socket, channelOrder.length, { isBase64: false, canEndChannel: true, side: 'client' })
  const names = expectedStreams(options, 'v5')
  return execStreamsOf('v5', connection, (name) => (names.includes(name) ? connection.channels[channelOrder.indexOf(name)] : undefined))
}

async function dialOverSpdy(target: DialTarget, options: ExecOptions, signal?: AbortSignal): Promise<ExecStreams> {
  const offered: readonly ExecVersion[] = ['v4', 'v3', 'v2']
  const names = offered.map((version) => `${version}.channel.k8s.io`)
  const { connection, response } = await dialSpdyUpgrade(target, names, signal)
  const chosen = response.headers['x-stream-protocol-version']
  const version = offered.find((candidate) => chosen === `${candidate}.channel.k8s.io`) ?? 'v1'
  const session = new SpdySession(connection, { side: 'client', onStream: ({ body }) => body.destroy() })
  const opened = new Map<string, SpdyStream>()
  for (const name of expectedStreams(options, version)) opened.set(name, await session.open({ streamtype: name }))
  return execStreamsOf(version, session, (name) => opened.get(name)?.body)
}
