/** All authenticators in order, as one: the first that knows the caller decides. */
import { unauthorized } from '#meta/status'
import type { IncomingRequest, UserInfo } from '../exchange.ts'
import type { Authenticator } from './authenticator.ts'

/** Throws `unauthorized()` for wrong credentials, and where nobody knows the caller. */
export async function authenticateRequest(
  authenticators: readonly Authenticator[],
  request: IncomingRequest,
  signal: AbortSignal,
): Promise<UserInfo> {
  for (const authenticator of authenticators) {
    const user = await authenticator.authenticate(request, signal)
    if (user !== undefined) return user
  }
  throw unauthorized()
}
