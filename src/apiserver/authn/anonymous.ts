/** Requests without credentials: `system:anonymous`, for the paths that allow it. */
import type { UserInfo } from '../exchange.ts'
import type { Authenticator } from './authenticator.ts'

export const anonymousUser: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Health is for everyone: a load balancer has no credentials. */
export const healthPaths: readonly string[] = ['/healthz', '/livez', '/readyz']

/** `paths`: the only ones that are open, with all below them; absent means every path, as upstream's `--anonymous-auth=true`. */
export function anonymousAuthenticator(paths?: readonly string[]): Authenticator {
  return {
    name: 'anonymous',
    authenticate: ({ path }) =>
      paths === undefined || paths.some((open) => path === open || path.startsWith(`${open}/`)) ? anonymousUser : undefined,
  }
}
