/**
 * The HTTPS side of the API server: HTTP/2 and HTTP/1.1 on one port. Turns connections into exchanges, hands them to
 * the chain, and writes what it answers.
 */
import { type IncomingMessage, ServerResponse } from 'node:http'
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { entityTooLarge, StatusError, timeout } from '#meta/status'
import type { Handler } from './chain.ts'
import type { Exchange, IncomingRequest, RequestInfo } from './exchange.ts'
import { http1Sink, http2Sink, type ResponseSink } from './serve/response-sink.ts'
import { wantsWatchSocket, watchOverSocket } from './serve/watch-socket.ts'
import { writeAnswer } from './serve/write-answer.ts'
import { watchOverSession } from './session-watch.ts'

export type ServerDeps = { readonly clock: Clock; readonly log: Log; readonly handler: Handler }

export type ServerOptions = {
  readonly cert: string
  readonly key: string
  /** Authorities whose names are shown to clients that have several certificates; who a certificate names is checked by `authn/`. */
  readonly clientCa?: string
  /** As upstream unless told otherwise. */
  readonly patience?: Patience
}

/** What one connection may have us keep for it: all its watches may lag, each within its own limit. */
const sessionMegabytesMax = 256

/** As upstream: what all headers of a request may have together, and what of a body may come before it is read. */
const headerBytesMax = 1 << 20
const windowBytes = 256 * 1024

/** How long clients may keep a connection without using it. */
export type Patience = {
  /** By then a client has greeted, and each head of a request is whole. */
  readonly headersMs: number
  /** Between requests. */
  readonly idleMs: number
  /** A client that has gone without a word is found out by then: by the kernel, or by a ping that nobody answers. */
  readonly keepAliveMs: number
}

/** As upstream. How long a body may take, the request's deadline says. */
const usualPatience: Patience = { headersMs: 32_000, idleMs: 90_000, keepAliveMs: 30_000 }

/** Of HTTP/1.1; the types of `node:http2` do not know that it takes these. */
function http1Limits({ headersMs, idleMs }: Patience) {
  return {
    maxHeaderSize: headerBytesMax,
    headersTimeout: headersMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: headersMs / 8,
  }
}

/** As upstream: how long a client that is sent elsewhere may still open streams. */
const retireMs = 1000

/** Why a request ends early where nothing says more. One for all: making an error costs more than most requests. */
const cutOff = timeout('the request was cut off')

export class HttpServer {
  readonly #deps: ServerDeps
  readonly #server: Http2SecureServer
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #sockets = new Set<TLSSocket>()
  readonly #certificates = new WeakMap<object, Uint8Array | undefined>()
  /** Requests under way. */
  readonly #open = new Set<AbortController>()
  #stopReason: StatusError | undefined
  readonly #retired = new WeakSet<ServerHttp2Session>()

  constructor(deps: ServerDeps, { cert, key, clientCa, patience = usualPatience }: ServerOptions) {
    const { headersMs, idleMs, keepAliveMs } = patience
    this.#deps = deps
    this.#server = createSecureServer({
      cert,
      key,
      ...(clientCa === undefined ? {} : { ca: clientCa }),
      allowHTTP1: true,
      handshakeTimeout: headersMs,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      // Or what follows the head of an answer waits for the client's acknowledgement.
      noDelay: true,
      requestCert: true,
      rejectUnauthorized: false,
      // As upstream: long tokens and selectors fit.
      settings: {
        maxConcurrentStreams: 250,
        maxHeaderListSize: headerBytesMax,
        maxFrameSize: windowBytes,
        initialWindowSize: windowBytes,
      },
      ...http1Limits(patience),
      // Clients that end all their watches at once are no attack; those that open streams only to reset them lose the connection.
      streamResetBurst: 1000,
      streamResetRate: 250,
      maxSessionMemory: sessionMegabytesMax,
    })
    this.#server.on('request', (request, response) =>
      this.#onHttp1(request as unknown as IncomingMessage, response as unknown as ServerResponse),
    )
    // A listener for 'request' makes Node feed HTTP/2 through its slower compatibility layer: that one is taken off again.
    this.#server.removeAllListeners('stream')
    this.#server.on('stream', (stream, headers) => this.#onHttp2(stream as ServerHttp2Stream, headers))
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#onUpgrade(request, socket, head))
    this.#server.on('session', (session) => {
      this.#track(session)
      watchOverSession(session, deps.clock, { idleMs, pingMs: keepAliveMs })
    })
    this.#server.on('secureConnection', (socket: TLSSocket) => this.#trackSocket(socket))
    this.#server.on('sessionError', (error) => deps.log.debug('connection failed', { error }))
    this.#server.on('tlsClientError', (error) => deps.log.debug('TLS handshake failed', { error }))
  }

  /** Resolves with the port that is listened on. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    return (this.#server.address() as AddressInfo).port
  }

  /** Takes no new connections, ends all watches, lets the rest finish for a while, then cuts it off. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#stopReason = new StatusError(503, 'ServiceUnavailable', 'the server is shutting down')
    for (const abort of this.#open) abort.abort(this.#stopReason)
    const dueMs = this.#deps.clock.monotonicMs() + graceMs
    while (this.#open.size > 0 && this.#deps.clock.monotonicMs() < dueMs) await sleep(this.#deps.clock, 20)
    for (const session of this.#sessions) session.destroy()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** New connections get this certificate. */
  setCertificate(cert: string, key: string): void {
    this.#server.setSecureContext({ cert, key })
  }

  #track(session: ServerHttp2Session): void {
    this.#sessions.add(session)
    session.on('close', () => this.#sessions.delete(session))
  }

  /** Asks the client to go on elsewhere, and takes what crosses that message; then the session ends with what is under way. */
  #retire(session: ServerHttp2Session | undefined): void {
    if (session === undefined || session.destroyed || this.#retired.has(session)) return
    this.#retired.add(session)
    session.goaway(constants.NGHTTP2_NO_ERROR, 2 ** 31 - 1)
    const timer = this.#deps.clock.setTimer(retireMs, () => session.close())
    session.once('close', () => timer[Symbol.dispose]())
  }

  #trackSocket(socket: TLSSocket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
  }

  #onHttp2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const { session } = stream
    const abort = new AbortController()
    stream.on('close', () => abort.abort(cutOff))
    stream.on('error', (error) => this.#deps.log.debug('stream failed', { error }))
    // Nobody reads the rest of a body that has been answered.
    stream.on('finish', () => !stream.endAfterHeaders && !stream.readableEnded && stream.close())
    const method = String(headers[':method'])
    const request = {
      ...targetOf(String(headers[':path'])),
      method,
      headers: headers as Readonly<Record<string, string | undefined>>,
      peerCertificate: session === undefined ? undefined : this.#certificateOf(session, session.socket as TLSSocket),
      remoteAddress: session?.socket.remoteAddress,
      readBody: (bytesMax: number) => (stream.readableEnded ? Promise.resolve(noBytes) : readAll(stream, bytesMax)),
    }
    void this.#serve(request, abort, http2Sink(stream), { onStranger: () => this.#retire(session as ServerHttp2Session | undefined) })
  }

  #onHttp1(message: IncomingMessage, response: ServerResponse): void {
    // HTTP/2 comes by 'stream'.
    if (message.httpVersionMajor !== 1) return
    const abort = new AbortController()
    response.on('close', () => abort.abort(cutOff))
    void this.#serve(this.#http1Request(message), abort, http1Sink(response))
  }

  #onUpgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    const abort = new AbortController()
    socket.on('close', () => abort.abort(cutOff))
    socket.on('error', (error) => this.#deps.log.debug('upgraded connection failed', { error }))
    const request = { ...this.#http1Request(message), upgrade: () => ({ request: message, socket, head }) }
    // What the handler refuses or does not take over is answered like any request, and the connection ends with it.
    const response = new ServerResponse(message)
    response.shouldKeepAlive = false
    response.on('finish', () => socket.end())
    response.assignSocket(socket as TLSSocket)
    const sink = http1Sink(response)
    const release = () => response.detachSocket(socket as TLSSocket)
    void this.#serve(request, abort, { ...sink, head: (status, headers) => sink.head(status, headers) }, { release })
  }

  #http1Request(message: IncomingMessage): IncomingRequest {
    const socket = message.socket as TLSSocket
    return {
      ...targetOf(message.url ?? '/'),
      method: message.method ?? 'GET',
      headers: message.headers as Readonly<Record<string, string | undefined>>,
      peerCertificate: this.#certificateOf(socket, socket),
      remoteAddress: socket.remoteAddress,
      readBody: (bytesMax) => readAll(message, bytesMax),
    }
  }

  async #serve(
    request: IncomingRequest,
    abort: AbortController,
    sink: ResponseSink,
    { release, onStranger }: ServeHooks = {},
  ): Promise<void> {
    const exchange: Exchange = {
      request,
      receivedMs: this.#deps.clock.nowMs(),
      signal: abort.signal,
      info: unknownInfo,
      user: nobody,
      warnings: [],
    }
    this.#open.add(abort)
    if (this.#stopReason !== undefined) abort.abort(this.#stopReason)
    try {
      const answer = await this.#deps.handler(exchange)
      if (answer.body.kind === 'upgraded') return
      // Deadlines are for handlers; from here on only the client's leaving and the server's stop count.
      exchange.signal = abort.signal
      if (wantsWatchSocket(answer, exchange)) return await watchOverSocket(answer, exchange)
      if (answer.status === 401 || exchange.user.name === anonymousName) onStranger?.()
      await writeAnswer(answer, exchange, sink)
    } catch (error) {
      if (!abort.signal.aborted) this.#deps.log.error('answer was cut off', { method: request.method, path: request.path, error })
      sink.destroy()
    } finally {
      this.#open.delete(abort)
    }
    release?.()
  }

  #certificateOf(owner: object, socket: TLSSocket): Uint8Array | undefined {
    if (this.#certificates.has(owner)) return this.#certificates.get(owner)
    const certificate = socket.getPeerX509Certificate?.()?.raw
    this.#certificates.set(owner, certificate)
    return certificate
  }
}

/** What else happens: `release` when the answer is out, `onStranger` before it where nobody has said who asks. */
type ServeHooks = { readonly release?: () => void; readonly onStranger?: () => void }

/** As upstream: who has not said who it is gets no HTTP/2 connection on which to open streams at will. */
const anonymousName = 'system:anonymous'

const noBytes = new Uint8Array()
const noQuery = new URLSearchParams()
const nobody = { name: '', groups: [] }
const unknownInfo: RequestInfo = {
  isResourceRequest: false,
  path: '',
  verb: '',
  group: '',
  version: '',
  namespace: '',
  resource: '',
  subresource: '',
  name: '',
  rest: [],
}

function targetOf(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const mark = url.indexOf('?')
  return mark < 0 ? { path: url, query: noQuery } : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}

/** What is beyond the limit is read and dropped for a while, so that the client gets to read why; then the connection is cut. */
const droppedBytesMax = 64 * 1024 * 1024

function readAll(stream: ServerHttp2Stream | IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    stream.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size <= bytesMax) chunks.push(chunk)
      else reject(entityTooLarge(`Request entity too large: limit is ${bytesMax}`))
      if (size > droppedBytesMax) stream.destroy()
    })
    stream.on('end', () => resolve(Buffer.concat(chunks)))
    stream.on('error', reject)
    stream.on('close', () => {
      if (!stream.readableEnded) reject(new StatusError(400, 'BadRequest', 'the request ended before its body did'))
    })
  })
}
