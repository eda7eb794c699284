/** Whatever ends a call early: its caller, its deadline, or that nobody reads on. */
import type { Clock } from '#base/env/clock'
import { GrpcError } from './grpc-error.ts'
import type { CallOptions } from './service.ts'

/** Every call has one, so it is no AbortSignal, which costs many times as much; it makes one for those who need it. */
export class CallLimit implements Disposable {
  readonly #caller: AbortSignal | undefined
  readonly #timer: Disposable | undefined
  #end: { readonly reason: unknown } | undefined
  #onOver: (() => void) | undefined
  #abort: AbortController | undefined

  /** Disposing it when the call is over ends the watch on caller and clock. */
  constructor(clock: Clock, { signal, timeoutMs }: CallOptions) {
    this.#caller = signal
    if (signal?.aborted) this.#end = { reason: signal.reason }
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    this.#timer = timeoutMs === undefined ? undefined : clock.setTimer(timeoutMs, this.#expire)
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** What the call is to fail with once it is over. */
  get reason(): unknown {
    return this.#end?.reason
  }

  /** One listener at a time; none if it is over already. */
  whenOver(stop: (() => void) | undefined): void {
    this.#onOver = stop
  }

  /** Aborted when it is over, with the reason. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#end !== undefined) this.#abort.abort(this.#end.reason)
    return this.#abort.signal
  }

  throwIfOver(): void {
    if (this.#end !== undefined) throw this.#end.reason
  }

  /** Nobody wants more of it. */
  cancel(): void {
    this.#finish(new GrpcError('Canceled', 'context canceled'))
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
    this.#caller?.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => this.#finish(this.#caller?.reason)

  readonly #expire = (): void => this.#finish(new GrpcError('DeadlineExceeded', 'context deadline exceeded'))

  #finish(reason: unknown): void {
    if (this.#end !== undefined) return
    this.#end = { reason }
    this.#abort?.abort(reason)
    this.#onOver?.()
  }
}
