/** Who asks: each authenticator names the user, passes, or throws `unauthorized()` for credentials that are wrong. */
import type { IncomingRequest, UserInfo } from '../exchange.ts'

export interface Authenticator {
  readonly name: string
  authenticate(request: IncomingRequest, signal: AbortSignal): UserInfo | undefined | Promise<UserInfo | undefined>
}
