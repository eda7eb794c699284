/** A signal that also fires when time is up. Disposing it stops the timer. */
import type { Clock } from '#base/env/clock'

export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

export type Deadline = Disposable & { readonly signal: AbortSignal }

export function deadline(clock: Clock, timeoutMs: number, why: string, outer?: AbortSignal): Deadline {
  const controller = new AbortController()
  const timer = clock.setTimer(timeoutMs, () => controller.abort(new TimeoutError(why)))
  const signal = outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal])
  return { signal, [Symbol.dispose]: () => timer[Symbol.dispose]() }
}
