/** The border of a request: failures become answers, bugs become one log line and a 500; no request harms another. */
import type { Log } from '#base/env/log'
import { badRequest, internalError, StatusError, timeout } from '#meta/status'
import { StoreError } from '#store/store-error'
import type { Answer, Exchange, Step } from '../exchange.ts'
import { errorAnswer } from './error-answer.ts'

export function guardAgainstPanic(log: Log): Step {
  return async (exchange, next) => {
    try {
      return await next(exchange)
    } catch (error) {
      return answerTo(error, exchange, log)
    }
  }
}

function answerTo(error: unknown, exchange: Exchange, log: Log): Answer {
  const { request } = exchange
  if (error instanceof StatusError) return errorAnswer(error, request)
  const { reason } = exchange.signal
  if (exchange.signal.aborted) return errorAnswer(reason instanceof StatusError ? reason : timeout('the request was cut off'), request)
  if (isStackOverflow(error)) {
    log.warn('request is nested too deep', { method: request.method, path: request.path, error })
    return errorAnswer(badRequest('the request is nested deeper than this server can follow', error), request)
  }
  log.error('request failed', { method: request.method, path: request.path, error })
  if (error instanceof StoreError)
    return errorAnswer(new StatusError(500, 'InternalError', `the store failed: ${error.message}`, undefined, error), request)
  return errorAnswer(internalError(error), request)
}

/** Bodies are let in down to a depth of 10,000; not all that is done with them goes so deep. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded'
}
