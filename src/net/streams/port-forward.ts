/**
 * Port forwarding, both ends: each forwarded connection is a data stream and an error stream for a port. It travels as SPDY, as SPDY
 * inside a WebSocket (kubectl's first choice), or in numbered channels of a WebSocket (older clients, serving end only).
 */
import type { Duplex } from 'node:stream'
import { createWebSocketStream } from 'ws'
import type { StreamTransport } from './exec-client.ts'
import { pumpStream } from './pump-stream.ts'
import { SpdySession, type SpdyStream } from './spdy-session.ts'
import {
  acceptSpdyUpgrade,
  type DialTarget,
  dialSpdyUpgrade,
  offeredStreamProtocols,
  offeredWebSocketProtocols,
  refuseUpgrade,
  UpgradeRefused,
  wantsUpgradeTo,
} from './upgrade.ts'
import { openWebSocketChannels } from './websocket-channels.ts'
import { acceptWebSocket, dialWebSocket, type UpgradeRequest } from './websocket-upgrade.ts'

export interface ForwardedConnection {
  readonly port: number
  readonly data: Duplex
  /** What is written here by the serving end is the reason why forwarding failed, as plain text. */
  readonly error: Duplex
}

export interface PortForwardSession {
  readonly closed: Promise<unknown>
  close(): void
}

export interface PortForwardClient extends PortForwardSession {
  open(port: number): Promise<ForwardedConnection>
}

const protocol = 'portforward.k8s.io'
const tunnelProtocol = `SPDY/3.1+${protocol}`

export interface AcceptPortForwardOptions {
  /** From the query; only the older WebSocket protocols name their ports there. */
  readonly ports: readonly number[]
  readonly onConnection: (connection: ForwardedConnection) => void
}

/** Undefined where the request was refused; it has been answered then. */
export async function acceptPortForward(
  upgrade: UpgradeRequest,
  options: AcceptPortForwardOptions,
): Promise<PortForwardSession | undefined> {
  const { request, socket, head } = upgrade
  if (wantsUpgradeTo(request, 'websocket')) return acceptOverWebSocket(upgrade, options)
  const offered = offeredStreamProtocols(request)
  if (!wantsUpgradeTo(request, 'spdy/3.1') || (offered.length > 0 && !offered.includes(protocol))) {
    refuseUpgrade(socket, '400 Bad Request', 'unable to upgrade: SPDY/3.1 or a WebSocket with portforward.k8s.io is needed')
    return undefined
  }
  acceptSpdyUpgrade(socket, protocol)
  if (head.length > 0) socket.unshift(head)
  return serveSpdy(socket, options.onConnection)
}

async function acceptOverWebSocket(upgrade: UpgradeRequest, options: AcceptPortForwardOptions): Promise<PortForwardSession | undefined> {
  const offered = offeredWebSocketProtocols(upgrade.request)
  if (offered.includes(tunnelProtocol)) {
    return serveSpdy(createWebSocketStream(await acceptWebSocket(upgrade, tunnelProtocol)), options.onConnection)
  }
  const chosen =
    offered.length === 0 ? '' : ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io', protocol].find((name) => offered.includes(name))
  if (chosen === undefined || options.ports.length === 0) {
    refuseUpgrade(upgrade.socket, '400 Bad Request', 'query parameter "port" is required')
    return undefined
  }
  const format = { isBase64: chosen.includes('base64'), canEndChannel: false, side: 'server' } as const
  const session = openWebSocketChannels(await acceptWebSocket(upgrade, chosen), options.ports.length * 2, format)
  for (const [index, port] of options.ports.entries()) {
    const [data, error] = session.channels.slice(index * 2)
    if (data === undefined || error === undefined) continue
    // Both channels begin with the port that they are for, little endian.
    for (const channel of [data, error]) channel.write(Buffer.of(port & 0xff, port >> 8))
    options.onConnection({ port, data, error })
  }
  return session
}

/** The two streams of a connection share a request ID. */
function serveSpdy(connection: Duplex, onConnection: AcceptPortForwardOptions['onConnection']): SpdySession {
  const waiting = new Map<string, SpdyStream>()
  const onStream = (stream: SpdyStream) => {
    const { requestid = '', streamtype, port } = stream.headers
    const other = waiting.get(requestid)
    if (!isPort(port) || (streamtype !== 'data' && streamtype !== 'error') || other?.headers['streamtype'] === streamtype) {
      stream.body.destroy()
      return
    }
    if (other === undefined) {
      waiting.set(requestid, stream)
      return
    }
    waiting.delete(requestid)
    const [data, error] = streamtype === 'data' ? [stream, other] : [other, stream]
    onConnection({ port: Number(port), data: data.body, error: error.body })
  }
  return new SpdySession(connection, { side: 'server', onStream })
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535
}

/** Tries the transports in order, the next one only when the server refuses to upgrade to the one before. */
export async function dialPortForward(
  target: DialTarget,
  transports: readonly StreamTransport[],
  signal?: AbortSignal,
): Promise<PortForwardClient> {
  let refusal: unknown
  for (const transport of transports) {
    try {
      return clientOver(
        transport === 'websocket' ? await dialTunnel(target, signal) : (await dialSpdyUpgrade(target, [protocol], signal)).connection,
      )
    } catch (error) {
      if (!(error instanceof UpgradeRefused)) throw error
      refusal = error
    }
  }
  throw refusal
}

async function dialTunnel(target: DialTarget, signal?: AbortSignal): Promise<Duplex> {
  return createWebSocketStream(await dialWebSocket(target, [tunnelProtocol], signal))
}

function clientOver(connection: Duplex): PortForwardClient {
  const session = new SpdySession(connection, { side: 'client', onStream: ({ body }) => body.destroy() })
  let requestCount = 0
  return {
    closed: session.closed,
    close: () => session.close(),
    async open(port) {
      const headers = { port: `${port}`, requestid: `${requestCount++}` }
      // As upstream: the error stream comes first, and we write nothing to it.
      const error = await session.open({ ...headers, streamtype: 'error' }, true)
      const data = await session.open({ ...headers, streamtype: 'data' })
      return { port, data: data.body, error: error.body }
    },
  }
}

/** Carries one connection between a client served here and a server dialled from here. */
export async function joinForwardedConnection(served: ForwardedConnection, dialled: PortForwardClient): Promise<void> {
  const onward = await dialled.open(served.port)
  await Promise.all([pumpStream(served.data, onward.data), pumpStream(onward.data, served.data), pumpStream(onward.error, served.error)])
}
