/** Bounds how many requests are worked on at once, reading and writing apart; what lasts and what an exempt flow carries do not count. */
import type { Answer, Exchange, Step } from '../exchange.ts'
import { isLongRunning } from '../request/long-running.ts'

export type InFlightLimits = { readonly readingMax: number; readonly mutatingMax: number }

/** As upstream. */
export const defaultInFlightLimits: InFlightLimits = { readingMax: 400, mutatingMax: 200 }

const readingVerbs: ReadonlySet<string> = new Set(['get', 'list'])

/** As upstream: plain text, and when to come again. */
const tooManyRequests: Answer = {
  status: 429,
  headers: { 'retry-after': '1', 'x-content-type-options': 'nosniff' },
  body: {
    kind: 'bytes',
    contentType: 'text/plain; charset=utf-8',
    bytes: new TextEncoder().encode('Too many requests, please try again later.\n'),
  },
}

/** A limit of 0 is none. */
export function limitInFlight({ readingMax, mutatingMax }: InFlightLimits): Step {
  const reading = { count: 0, max: readingMax }
  const mutating = { count: 0, max: mutatingMax }
  return async (exchange, next) => {
    if (isExempt(exchange)) return await next(exchange)
    const lane = readingVerbs.has(exchange.info.verb) ? reading : mutating
    if (lane.max > 0 && lane.count >= lane.max) return tooManyRequests
    lane.count++
    try {
      return await next(exchange)
    } finally {
      lane.count--
    }
  }
}

function isExempt({ info, flow }: Exchange): boolean {
  return isLongRunning(info) || flow?.isExempt === true
}
