/**
 * All requests of a client share one HTTP/2 session. It is made when first needed, made again when it is
 * lost, and pinged while requests are under way, so that a peer that vanished is noticed.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import type { Clock } from '#base/env/clock'
import { type Endpoint, tlsOptionsOf } from './endpoint.ts'
import { headersOf, type Wire, type WireRequest, type WireResponse } from './wire.ts'

// As upstream's client: ask after 30 s, give up 15 s later.
const pingAfterMs = 30_000
const pongWithinMs = 15_000
const streamWindowBytes = 4 << 20
const sessionWindowBytes = 32 << 20

export class Http2Wire implements Wire {
  readonly #endpoint: Endpoint
  readonly #clock: Clock
  #session: Promise<ClientHttp2Session> | undefined
  #isClosed = false

  constructor(endpoint: Endpoint, clock: Clock) {
    this.#endpoint = endpoint
    this.#clock = clock
  }

  async send(request: WireRequest, signal?: AbortSignal): Promise<WireResponse> {
    const session = await this.#connected()
    signal?.throwIfAborted()
    const { method, target, headers, body } = request
    const stream = session.request({ ':method': method, ':path': target, ...headers }, { endStream: body === undefined, signal })
    if (body !== undefined) stream.end(body)
    return await responseOf(stream)
  }

  renew(): void {
    const session = this.#session
    this.#session = undefined
    void session?.then((open) => open.close()).catch(() => undefined)
  }

  close(): void {
    this.#isClosed = true
    const session = this.#session
    this.#session = undefined
    void session?.then((open) => open.destroy()).catch(() => undefined)
  }

  #connected(): Promise<ClientHttp2Session> {
    if (this.#isClosed) throw new Error('the connection has been closed')
    if (this.#session !== undefined) return this.#session
    const session: Promise<ClientHttp2Session> = this.#connect(() => {
      if (this.#session === session) this.#session = undefined
    })
    this.#session = session
    return session
  }

  async #connect(forget: () => void): Promise<ClientHttp2Session> {
    try {
      const session = await openSession(this.#endpoint)
      session.once('close', forget).once('goaway', forget).on('error', forget)
      if (session.closed || session.destroyed) forget()
      session.setLocalWindowSize(sessionWindowBytes)
      watchOver(session, this.#clock)
      return session
    } catch (error) {
      forget()
      throw error
    }
  }
}

async function openSession(endpoint: Endpoint): Promise<ClientHttp2Session> {
  const options = tlsOptionsOf(endpoint.server, await endpoint.tls())
  return await new Promise((resolve, reject) => {
    const session = connect(endpoint.server.origin, { ...options, settings: { initialWindowSize: streamWindowBytes, enablePush: false } })
    session.once('error', reject)
    session.once('close', () => reject(new Error('connection closed before it was ready')))
    session.once('connect', () => {
      session.removeListener('error', reject)
      resolve(session)
    })
  })
}

/** An idle session neither pings nor keeps the process alive. */
function watchOver(session: ClientHttp2Session, clock: Clock): void {
  let streamCount = 0
  let timer: Disposable | undefined
  const stopTimer = () => {
    timer?.[Symbol.dispose]()
    timer = undefined
  }
  const askLater = () => {
    timer = clock.setTimer(pingAfterMs, () => {
      timer = clock.setTimer(pongWithinMs, () => session.destroy(new Error('http2: client connection lost')))
      session.ping(() => {
        stopTimer()
        if (streamCount > 0 && !session.destroyed) askLater()
      })
    })
  }
  const request = session.request.bind(session)
  session.request = (...args) => {
    const stream = request(...args)
    if (streamCount++ === 0) {
      session.ref()
      askLater()
    }
    stream.once('close', () => {
      if (--streamCount > 0) return
      stopTimer()
      if (!session.destroyed) session.unref()
    })
    return stream
  }
  session.once('close', stopTimer)
}

function responseOf(stream: ClientHttp2Stream): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject)
    stream.once('close', () => reject(new Error('unexpected EOF')))
    stream.once('response', (head) =>
      resolve({ status: Number(head[':status']), headers: headersOf(head), body: stream, wasCut: () => (stream.rstCode ?? 0) !== 0 }),
    )
  })
}
