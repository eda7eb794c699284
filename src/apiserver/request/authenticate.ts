/** Step: who asks. A connection that knows already (the loopback) is believed. */

import { authenticateRequest } from '../authn/authenticate-request.ts'
import type { Authenticator } from '../authn/authenticator.ts'
import type { Step } from '../exchange.ts'

export function authenticate(authenticators: readonly Authenticator[]): Step {
  return async (exchange, next) => {
    exchange.user = exchange.request.user ?? (await authenticateRequest(authenticators, exchange.request, exchange.signal))
    return await next(exchange)
  }
}
