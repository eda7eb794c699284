/** The HTTP/2 session of a channel: made when a call needs it, and made again when it was lost. */
import { type ClientHttp2Session, connect } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import { type Clock, sleep } from '#base/env/clock'
import { GrpcError } from './grpc-error.ts'

const retryAfterMsMin = 50
const retryAfterMsMax = 1000
const windowBytes = 1 << 20

export class GrpcConnection implements Disposable {
  readonly #target: string
  readonly #clock: Clock
  #session: Promise<ClientHttp2Session> | undefined
  #isClosed = false

  constructor(target: string, clock: Clock) {
    this.#target = target
    this.#clock = clock
  }

  /** Fails with Unavailable when there is no server; waiting for one, only with the signal's reason. */
  async session(waitsForServer: boolean, signal: AbortSignal): Promise<ClientHttp2Session> {
    for (let delayMs = retryAfterMsMin; ; delayMs = Math.min(2 * delayMs, retryAfterMsMax)) {
      if (this.#isClosed) throw new GrpcError('Canceled', 'the channel has been closed')
      try {
        return await unlessAborted(this.#connected(), signal)
      } catch (error) {
        signal.throwIfAborted()
        const message = error instanceof Error ? error.message : String(error)
        if (!waitsForServer) throw new GrpcError('Unavailable', `connection error: ${message}`, error)
      }
      await sleep(this.#clock, delayMs, signal)
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    // One that never came to be needs no end.
    void this.#session?.then(
      (session) => session.destroy(),
      () => undefined,
    )
  }

  #connected(): Promise<ClientHttp2Session> {
    if (this.#session !== undefined) return this.#session
    const session = openSession(this.#target, () => {
      if (this.#session === session) this.#session = undefined
    })
    this.#session = session
    return session
  }
}

function openSession(target: string, onLost: () => void): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const path = target.startsWith('unix://') ? target.slice('unix://'.length) : undefined
    const session = connect(`http://${path === undefined ? target : 'localhost'}`, {
      settings: { enablePush: false, initialWindowSize: windowBytes },
      ...(path === undefined ? {} : { createConnection: () => connectSocket(path) }),
    })
    session.once('connect', () => resolve(session))
    session.on('error', reject)
    // The server wants no more calls on it: those under way go on.
    session.on('goaway', () => {
      onLost()
      session.close()
    })
    session.once('close', () => {
      onLost()
      reject(new Error('the server closed the connection'))
    })
  })
}

function unlessAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
