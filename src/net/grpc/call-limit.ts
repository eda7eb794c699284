/** Whatever ends a call early: its caller, its deadline, or that nobody reads on. */
import type { Clock } from '#base/env/clock'
import { GrpcError } from './grpc-error.ts'
import type { CallOptions } from './service.ts'

type CallLimit = Disposable & {
  /** Aborted with what the call is to fail with. */
  readonly signal: AbortSignal
  /** Nobody wants more of it. */
  cancel(): void
}

/** Disposing it when the call is over ends the watch on caller and clock. */
export function callLimit(clock: Clock, { signal, timeoutMs }: CallOptions): CallLimit {
  const limit = new AbortController()
  const onAbort = () => limit.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  const expire = () => limit.abort(new GrpcError('DeadlineExceeded', 'context deadline exceeded'))
  const timer = timeoutMs === undefined ? undefined : clock.setTimer(timeoutMs, expire)
  return {
    signal: limit.signal,
    cancel: () => limit.abort(new GrpcError('Canceled', 'context canceled')),
    [Symbol.dispose]() {
      timer?.[Symbol.dispose]()
      signal?.removeEventListener('abort', onAbort)
    },
  }
}
