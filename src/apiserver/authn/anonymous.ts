/** Requests without credentials: `system:anonymous`, for the paths that allow it. */
import type { UserInfo } from '../exchange.ts'
import type { Authenticator } from './authenticator.ts'

export const anonymousUser: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** `paths`: the only ones that are open, to the letter as upstream; absent means every path. */
export function anonymousAuthenticator(paths?: readonly string[]): Authenticator {
  return {
    name: 'anonymous',
    authenticate: ({ path }) => (paths === undefined || paths.includes(path) ? anonymousUser : undefined),
  }
}
