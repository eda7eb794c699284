/**
 * All requests of a client share one HTTP/2 session. It is made when first needed, made again when it is
 * lost, and pinged while requests are under way, so that a peer that vanished is noticed.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { unlessAborted } from '#base/async/unless-aborted'
import type { Clock } from '#base/env/clock'
import { type Endpoint, tlsOptionsOf } from './endpoint.ts'
import { headersOf, type Wire, type WireRequest, type WireResponse } from './wire.ts'

// As upstream's client: ask after 30 s, give up 15 s later.
const pingAfterMs = 30_000
const pongWithinMs = 15_000
const connectWithinMs = 30_000
const streamWindowBytes = 4 << 20
const sessionWindowBytes = 32 << 20

export class Http2Wire implements Wire {
  readonly #endpoint: Endpoint
  readonly #clock: Clock
  #session: Promise<LiveSession> | undefined
  #isClosed = false

  constructor(endpoint: Endpoint, clock: Clock) {
    this.#endpoint = endpoint
    this.#clock = clock
  }

  async send(request: WireRequest, signal?: AbortSignal): Promise<WireResponse> {
    const session = await unlessAborted(this.#connected(), signal)
    signal?.throwIfAborted()
    return await responseOf(session.open(request, signal))
  }

  renew(): void {
    this.#drop((session) => session.close())
  }

  close(): void {
    this.#isClosed = true
    this.#drop((session) => session.destroy())
  }

  #drop(end: (session: LiveSession) => void): void {
    const session = this.#session
    this.#session = undefined
    // A session that never came to be needs no end.
    void session?.then(end, () => undefined)
  }

  #connected(): Promise<LiveSession> {
    if (this.#isClosed) throw new Error('the connection has been closed')
    if (this.#session !== undefined) return this.#session
    const forget = () => {
      if (this.#session === session) this.#session = undefined
    }
    const session: Promise<LiveSession> = openSession(this.#endpoint, this.#clock).then(
      (open) => new LiveSession(open, this.#clock, forget),
    )
    this.#session = session
    session.catch(forget)
    return session
  }
}

/** A session with the count of its requests: idle, it neither pings nor keeps the process alive. */
class LiveSession {
  readonly #session: ClientHttp2Session
  readonly #clock: Clock
  #streamCount = 0
  #timer: Disposable | undefined

  constructor(session: ClientHttp2Session, clock: Clock, onLost: () => void) {
    this.#session = session
    this.#clock = clock
    session.setLocalWindowSize(sessionWindowBytes)
    session.once('goaway', onLost).on('error', onLost)
    session.once('close', () => {
      this.#stopTimer()
      onLost()
    })
    if (session.closed || session.destroyed) onLost()
  }

  open({ method, target, headers, body }: WireRequest, signal: AbortSignal | undefined): ClientHttp2Stream {
    const stream = this.#session.request({ ':method': method, ':path': target, ...headers }, { endStream: body === undefined, signal })
    if (body !== undefined) stream.end(body)
    if (this.#streamCount++ === 0) {
      this.#session.ref()
      this.#pingLater()
    }
    stream.once('close', () => this.#streamClosed())
    return stream
  }

  /** Lets what is under way end. */
  close(): void {
    this.#session.close()
  }

  destroy(): void {
    this.#session.destroy()
  }

  #streamClosed(): void {
    if (--this.#streamCount > 0) return
    this.#stopTimer()
    if (!this.#session.destroyed) this.#session.unref()
  }

  #pingLater(): void {
    this.#timer = this.#clock.setTimer(pingAfterMs, () => this.#ping())
  }

  #ping(): void {
    this.#timer = this.#clock.setTimer(pongWithinMs, () => this.#session.destroy(new Error('http2: client connection lost')))
    this.#session.ping(() => {
      this.#stopTimer()
      if (this.#streamCount > 0 && !this.#session.destroyed) this.#pingLater()
    })
  }

  #stopTimer(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }
}

async function openSession(endpoint: Endpoint, clock: Clock): Promise<ClientHttp2Session> {
  const options = tlsOptionsOf(endpoint.server, await endpoint.tls())
  return await new Promise((resolve, reject) => {
    const session = connect(endpoint.server.origin, { ...options, settings: { initialWindowSize: streamWindowBytes, enablePush: false } })
    // Who takes the connection and then says nothing may be another program.
    const timeout = Object.assign(new Error('connecting took too long'), { code: 'ETIMEDOUT' })
    const limit = clock.setTimer(connectWithinMs, () => session.destroy(timeout))
    session.once('error', reject)
    session.once('close', () => {
      limit[Symbol.dispose]()
      reject(new Error('connection closed before it was ready'))
    })
    session.once('connect', () => {
      limit[Symbol.dispose]()
      session.removeListener('error', reject)
      resolve(session)
    })
  })
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
