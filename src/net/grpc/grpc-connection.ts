/** The session of a channel: made when a call needs it, and made again when it was lost. */
import { unlessAborted } from '#base/async/unless-aborted'
import { type Clock, sleep } from '#base/env/clock'
import { GrpcError } from './grpc-error.ts'
import { type GrpcSession, type GrpcTarget, openSession } from './grpc-session.ts'

const retryAfterMsMin = 50
const retryAfterMsMax = 1000

export class GrpcConnection implements Disposable {
  readonly #target: GrpcTarget
  readonly #clock: Clock
  #pending: Promise<GrpcSession> | undefined
  /** The pending one once it is there: a call need not wait then. */
  #ready: GrpcSession | undefined
  readonly #closing = new AbortController()

  constructor(target: GrpcTarget, clock: Clock) {
    this.#target = target
    this.#clock = clock
  }

  /** The session, if there is one at present. */
  get ready(): GrpcSession | undefined {
    return this.#ready
  }

  /** Fails with Unavailable when there is no server; waiting for one, only with the signal's reason. */
  async session(waitsForServer: boolean, signal: AbortSignal): Promise<GrpcSession> {
    for (let delayMs = retryAfterMsMin; ; delayMs = Math.min(2 * delayMs, retryAfterMsMax)) {
      if (this.#closing.signal.aborted) throw new GrpcError('Canceled', 'the channel has been closed', { isUnsent: true })
      try {
        return await unlessAborted(this.#connected(), signal)
      } catch (cause) {
        signal.throwIfAborted()
        const message = cause instanceof Error ? cause.message : String(cause)
        if (!waitsForServer) throw new GrpcError('Unavailable', `connection error: ${message}`, { cause, isUnsent: true })
      }
      await sleep(this.#clock, delayMs, signal)
    }
  }

  [Symbol.dispose](): void {
    this.#closing.abort()
  }

  #connected(): Promise<GrpcSession> {
    if (this.#pending !== undefined) return this.#pending
    const onLost = (): void => {
      if (this.#pending !== pending) return
      this.#pending = undefined
      this.#ready = undefined
    }
    const pending = openSession(this.#target, this.#clock, onLost, this.#closing.signal)
    this.#pending = pending
    pending.then(
      (session) => {
        if (this.#pending === pending) this.#ready = session
      },
      () => undefined,
    )
    return pending
  }
}
