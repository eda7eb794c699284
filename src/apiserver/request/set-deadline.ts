/** Gives every request that is to end soon a deadline: the server's, or a shorter one that the client asks for. */
import type { Clock } from '#base/env/clock'
import { parseDurationMs } from '#meta/duration'
import { badRequest, StatusError } from '#meta/status'
import type { Step } from '../exchange.ts'
import { isLongRunning } from './long-running.ts'

export function setDeadline(clock: Clock, timeoutMsMax: number): Step {
  return async (exchange, next) => {
    if (isLongRunning(exchange.info)) return await next(exchange)
    const timeoutMs = Math.min(wantedMs(exchange.request.query) ?? timeoutMsMax, timeoutMsMax)
    const deadline = new AbortController()
    const outer = exchange.signal
    const onAbort = () => deadline.abort(outer.reason)
    outer.addEventListener('abort', onAbort, { once: true })
    exchange.signal = deadline.signal
    const passed = Promise.withResolvers<never>()
    using _timer = clock.setTimer(timeoutMs, () => {
      deadline.abort(timedOut())
      passed.reject(timedOut())
    })
    try {
      // Also what does not heed the signal is over for the client then, such as a body that does not come.
      return await Promise.race([next(exchange), passed.promise])
    } finally {
      outer.removeEventListener('abort', onAbort)
    }
  }
}

function wantedMs(query: URLSearchParams): number | undefined {
  const text = query.size === 0 ? null : query.get('timeout')
  if (text === null || text === '') return undefined
  const wanted = parseDurationMs(text)
  if (wanted === undefined)
    throw badRequest(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`)
  return wanted === 0 ? undefined : wanted
}

function timedOut(): StatusError {
  return new StatusError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout', {})
}
