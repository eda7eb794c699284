/** Asks the API server who a caller of a daemon is and what they may see: TokenReview, then SubjectAccessReview. */
import type { Transport } from '#client/transport'

type TokenReview = {
  readonly status?: {
    readonly authenticated?: boolean
    readonly user?: { readonly username?: string; readonly uid?: string; readonly groups?: readonly string[] }
  }
}
type AccessReview = { readonly status?: { readonly allowed?: boolean } }

/** Whether the bearer of the token may GET the path. */
export async function mayGetPath(transport: Transport, bearerToken: string | undefined, path: string): Promise<boolean> {
  if (bearerToken === undefined) return false
  const review = await post<TokenReview>(transport, 'authentication.k8s.io', 'TokenReview', 'tokenreviews', { token: bearerToken })
  const user = review.status?.user
  if (review.status?.authenticated !== true || user === undefined) return false
  const spec = { user: user.username, uid: user.uid, groups: user.groups, nonResourceAttributes: { path, verb: 'get' } }
  const access = await post<AccessReview>(transport, 'authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews', spec)
  return access.status?.allowed === true
}

async function post<R>(transport: Transport, group: string, kind: string, plural: string, spec: unknown): Promise<R> {
  const body = { apiVersion: `${group}/v1`, kind, metadata: {}, spec }
  return (await transport.request({ method: 'POST', path: `/apis/${group}/v1/${plural}`, body })).body as R
}
