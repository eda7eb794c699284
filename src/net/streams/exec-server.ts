/** The serving end of exec and attach: takes an upgrade request, SPDY or WebSocket, and gives its streams. */
import type { Clock } from '#base/env/clock'
import { type ExecOptions, type ExecStreamName, type ExecStreams, type ExecVersion, expectedStreams } from './exec-streams.ts'
import { SpdySession, type SpdyStream } from './spdy-session.ts'
import { acceptSpdyUpgrade, offeredStreamProtocols, offeredWebSocketProtocols, refuseUpgrade, wantsUpgradeTo } from './upgrade.ts'
import { openWebSocketChannels } from './websocket-channels.ts'
import { acceptWebSocket, type UpgradeRequest } from './websocket-upgrade.ts'

/** As upstream's default for streams that a SPDY client announces but does not open. */
const streamCreationTimeoutMs = 30_000
const suffix = 'channel.k8s.io'
const spdyVersions: readonly ExecVersion[] = ['v4', 'v3', 'v2']
const webSocketVersions: readonly ExecVersion[] = ['v5', 'v4']
/** Channel numbers of the WebSocket protocols. */
export const channelOrder: readonly ExecStreamName[] = ['stdin', 'stdout', 'stderr', 'error', 'resize']

/** Undefined where the request was refused; it has been answered then. */
export async function acceptExec(
  upgrade: UpgradeRequest,
  options: ExecOptions,
  deps: { readonly clock: Clock },
): Promise<ExecStreams | undefined> {
  const { request, socket } = upgrade
  if (!options.stdin && !options.stdout && !options.stderr)
    return refused(upgrade, '400 Bad Request', 'you must specify at least 1 of stdin, stdout, stderr')
  if (wantsUpgradeTo(request, 'websocket')) return acceptOverWebSocket(upgrade, options)
  if (!wantsUpgradeTo(request, 'spdy/3.1'))
    return refused(upgrade, '400 Bad Request', 'unable to upgrade: missing upgrade headers in request')
  const offered = offeredStreamProtocols(request)
  const version = spdyVersions.find((candidate) => offered.includes(`${candidate}.${suffix}`)) ?? (offered.length === 0 ? 'v1' : undefined)
  if (version === undefined) return refused(upgrade, '403 Forbidden', `unable to negotiate protocol: client supports ${offered.join(', ')}`)
  acceptSpdyUpgrade(socket, version === 'v1' ? '' : `${version}.${suffix}`)
  return collectSpdyStreams(upgrade, expectedStreams(options, version), version, deps.clock)
}

function refused({ socket }: UpgradeRequest, status: string, message: string): undefined {
  refuseUpgrade(socket, status, message)
  return undefined
}

async function acceptOverWebSocket(upgrade: UpgradeRequest, options: ExecOptions): Promise<ExecStreams | undefined> {
  const offered = offeredWebSocketProtocols(upgrade.request)
  const choices = [
    ...webSocketVersions.flatMap((version) => [
      { version, isBase64: false, name: `${version}.${suffix}` },
      { version, isBase64: true, name: `${version}.base64.${suffix}` },
    ]),
    { version: 'v1', isBase64: false, name: suffix } as const,
    { version: 'v1', isBase64: true, name: `base64.${suffix}` } as const,
  ]
  const unnamed = { version: 'v1', isBase64: false, name: '' } as const
  const chosen = offered.length === 0 ? unnamed : choices.find(({ name }) => offered.includes(name))
  if (chosen === undefined)
    return refused(upgrade, '400 Bad Request', `unable to negotiate protocol: client supports ${offered.join(', ')}`)
  const { version, isBase64, name } = chosen
  const socket = await acceptWebSocket(upgrade, name)
  const connection = openWebSocketChannels(socket, channelOrder.length, { isBase64, canEndChannel: version === 'v5', side: 'server' })
  // Channels have fixed numbers here, so resize is there even before v3.
  const names = expectedStreams(options, version === 'v1' ? 'v4' : version)
  return execStreamsOf(version, connection, (stream) =>
    names.includes(stream) ? connection.channels[channelOrder.indexOf(stream)] : undefined,
  )
}

/** Puts named bodies together; the error stream must be there. */
export function execStreamsOf(
  version: ExecVersion,
  connection: { readonly closed: Promise<unknown>; close(): void },
  find: (name: ExecStreamName) => ExecStreams['error'] | undefined,
): ExecStreams {
  const error = find('error')
  if (error === undefined) throw new Error('the client opened no error stream')
  return {
    version,
    stdin: find('stdin'),
    stdout: find('stdout'),
    stderr: find('stderr'),
    error,
    resize: find('resize'),
    closed: connection.closed,
    close: () => connection.close(),
  }
}

function collectSpdyStreams(
  { socket, head }: UpgradeRequest,
  wanted: readonly string[],
  version: ExecVersion,
  clock: Clock,
): Promise<ExecStreams> {
  if (head.length > 0) socket.unshift(head)
  return new Promise((resolve, reject) => {
    const found = new Map<string, SpdyStream>()
    const timeout = clock.setTimer(streamCreationTimeoutMs, () => {
      session.close()
      reject(new Error('timed out waiting for client to create streams'))
    })
    const onStream = (stream: SpdyStream) => {
      found.set(stream.headers['streamtype'] ?? '', stream)
      if (!wanted.every((name) => found.has(name))) return
      timeout[Symbol.dispose]()
      resolve(execStreamsOf(version, session, (name) => found.get(name)?.body))
    }
    const session = new SpdySession(socket, { side: 'server', onStream })
    void session.closed.then((fault) => {
      timeout[Symbol.dispose]()
      reject(fault ?? new Error('the client went away before it had opened its streams'))
    })
  })
}
