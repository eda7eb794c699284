/**
 * Passes a request on to a kubelet, pod or service and its answer back, byte for byte; upgraded connections
 * (SPDY, WebSocket) are joined and left alone.
 */
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import { badRequest, type StatusError, serviceUnavailable } from '#meta/status'
import { FrameCutter } from '#net/streams/frame-cutter'
import type { Answer, Exchange } from '../exchange.ts'

export type Backend = {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** Without `ca` the certificate of the other side is not verified. */
  readonly tls?: { readonly cert?: string; readonly key?: string; readonly ca?: string | undefined }
}

/** `path` includes the query. */
export type RelayTarget = {
  readonly backend: Backend
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

export async function relay(exchange: Exchange, target: RelayTarget): Promise<Answer> {
  const wantsUpgrade = exchange.request.headers['upgrade'] !== undefined
  const { upgrade } = exchange.request
  if (wantsUpgrade && upgrade !== undefined) return await relayUpgrade(exchange, target, upgrade)
  return await relayPlain(exchange, target)
}

/** For what cannot be done without a two-way connection. */
export async function relayConnection(exchange: Exchange, target: RelayTarget): Promise<Answer> {
  const { upgrade } = exchange.request
  if (exchange.request.headers['upgrade'] === undefined || upgrade === undefined) throw badRequest('Upgrade request required')
  return await relayUpgrade(exchange, target, upgrade)
}

type Upgraded = { readonly isUpgraded: true; readonly response: IncomingMessage; readonly connection: Duplex; readonly head: Uint8Array }

/** Larger bodies go to a pod by other ways. */
const relayedBytesMax = 64 * 1024 * 1024

/** Over plain HTTP, whatever the client has asked to upgrade to. */
export async function relayPlain(exchange: Exchange, target: RelayTarget): Promise<Answer> {
  const { request, signal } = exchange
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
  const body = hasBody ? await request.readBody(relayedBytesMax) : undefined
  const sent = dial(exchange, target, {
    ...forwardedHeaders(exchange, target),
    ...(body === undefined ? {} : { 'content-length': String(body.length) }),
  })
  sent.end(body)
  const response = await responseTo(sent, target)
  signal.addEventListener('abort', () => response.destroy(), { once: true })
  return streamedAnswer(response)
}

async function relayUpgrade(
  exchange: Exchange,
  target: RelayTarget,
  takeOver: NonNullable<Exchange['request']['upgrade']>,
): Promise<Answer> {
  const { headers } = exchange.request
  const sent = dial(exchange, target, { ...forwardedHeaders(exchange, target), connection: 'Upgrade', upgrade: headers['upgrade'] ?? '' })
  const upgraded = Promise.withResolvers<Upgraded>()
  sent.once('upgrade', (response, connection, head) => upgraded.resolve({ isUpgraded: true, response, connection, head }))
  sent.end()
  const refused = responseTo(sent, target).then((response) => ({ isUpgraded: false as const, response }))
  const outcome = await Promise.race([upgraded.promise, refused])
  // The other side stays with HTTP: its answer says why.
  if (!outcome.isUpgraded) return streamedAnswer(outcome.response)
  const { socket, head } = takeOver()
  await written(socket, switchingHead(outcome.response))
  if (outcome.head.length > 0) outcome.connection.unshift(outcome.head)
  if (head.length > 0) outcome.connection.write(head)
  join(socket, outcome.connection, headers['upgrade']?.toLowerCase() === 'websocket')
  return { status: 101, body: { kind: 'upgraded' } }
}

function dial(
  { request }: Exchange,
  { backend, path, method }: RelayTarget,
  headers: Readonly<Record<string, string | readonly string[]>>,
): ClientRequest {
  const { scheme, host, port, tls } = backend
  const options = { host, port, path, method: method ?? request.method, headers: headers as never, agent: false as const }
  if (scheme === 'http') return requestHttp(options)
  return requestHttps({ ...options, cert: tls?.cert, key: tls?.key, ca: tls?.ca, rejectUnauthorized: tls?.ca !== undefined })
}

function responseTo(sent: ClientRequest, { backend }: RelayTarget): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve)
    sent.once('error', (error) => reject(unreachable(backend, error)))
  })
}

function unreachable({ host, port }: Backend, error: Error): StatusError {
  return serviceUnavailable(`error trying to reach service: dial tcp ${host}:${port}: ${error.message}`)
}

function streamedAnswer(response: IncomingMessage): Answer {
  const {
    'content-type': contentType = 'text/plain',
    connection: _c,
    'transfer-encoding': _t,
    'keep-alive': _k,
    ...rest
  } = response.headers
  const headers = Object.fromEntries(Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
  return { status: response.statusCode ?? 502, headers, body: { kind: 'stream', contentType, chunks: response } }
}

/** Headers of the connection and of the caller's identity stay here: the other side has no business with either. */
const withheld: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'cookie',
])

function forwardedHeaders({ request }: Exchange, { headers = {} }: RelayTarget): Readonly<Record<string, string | readonly string[]>> {
  const kept = Object.entries(request.headers).filter(([name, value]) => value !== undefined && !isWithheld(name))
  const forwarded = Object.fromEntries(
    kept.map(([name, value]) => [name, name === 'sec-websocket-protocol' ? withoutToken(value ?? '') : (value ?? '')]),
  )
  return { ...forwarded, ...headers }
}

function isWithheld(name: string): boolean {
  return name.startsWith(':') || name.startsWith('impersonate-') || name.startsWith('x-remote-') || withheld.has(name)
}

/** A browser sends its token as a protocol: that one ends here. */
function withoutToken(protocols: string): string {
  const kept = protocols
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => !protocol.startsWith('base64url.bearer.authorization.k8s.io.'))
  return kept.join(', ')
}

function switchingHead({ rawHeaders }: IncomingMessage): string {
  const lines: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`)
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`
}

/** Each side's end and failure is the other's. */
function join(client: Duplex, backend: Duplex, isWebSocket: boolean): void {
  for (const [from, to] of [
    [client, backend],
    [backend, client],
  ] as const) {
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
  }
  client.pipe(backend)
  // A failure of one side has destroyed the other already.
  if (isWebSocket) passFrames(backend, client).catch(() => undefined)
  else backend.pipe(client)
}

/** See `FrameCutter`. */
async function passFrames(from: Duplex, to: Duplex): Promise<void> {
  const cutter = new FrameCutter()
  for await (const chunk of from) for (const piece of cutter.cut(chunk)) await written(to, piece)
  to.end()
}

function written(to: Duplex, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => to.write(bytes, (error) => (error ? reject(error) : resolve())))
}
