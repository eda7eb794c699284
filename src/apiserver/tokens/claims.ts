/** What a service-account token says, and the user it stands for. */
import type { UserInfo } from '../exchange.ts'

export type ObjectClaim = { readonly name: string; readonly uid: string }

export type ServiceAccountClaims = {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly subject: string
  readonly id: string | undefined
  /** Seconds since the epoch, as in the token. */
  readonly issuedAt: number
  readonly notBefore: number
  readonly expiresAt: number
  readonly namespace: string
  readonly serviceAccount: ObjectClaim
  readonly pod?: ObjectClaim | undefined
  readonly secret?: ObjectClaim | undefined
  /** The uid is unknown where the pod's node did not exist yet. */
  readonly node?: { readonly name: string; readonly uid?: string | undefined } | undefined
  /** From then on the use of the token should be reported: its real lifetime was extended. */
  readonly warnAfter?: number | undefined
}

/** The claims as JSON, in the order of upstream's tokens. */
export function payloadOf(claims: ServiceAccountClaims): Record<string, unknown> {
  const { namespace, node, pod, secret, serviceAccount: serviceaccount, warnAfter: warnafter } = claims
  return {
    aud: claims.audiences,
    exp: claims.expiresAt,
    iat: claims.issuedAt,
    iss: claims.issuer,
    jti: claims.id,
    'kubernetes.io': { namespace, node, pod, secret, serviceaccount, warnafter },
    nbf: claims.notBefore,
    sub: claims.subject,
  }
}

/** Reads a payload whose signature is proven; undefined where it is no service-account token. */
export function claimsOf(payload: Readonly<Record<string, unknown>>): ServiceAccountClaims | undefined {
  const own = recordOf(payload['kubernetes.io'])
  const serviceAccount = objectClaimOf(own?.['serviceaccount'])
  const { iss, sub, exp, iat, nbf, jti, aud } = payload
  if (own === undefined || serviceAccount === undefined || typeof iss !== 'string' || typeof exp !== 'number') return undefined
  const node = recordOf(own['node'])
  return {
    issuer: iss,
    subject: textOf(sub) ?? '',
    id: textOf(jti),
    audiences: (Array.isArray(aud) ? aud : [aud]).filter((audience) => typeof audience === 'string'),
    issuedAt: typeof iat === 'number' ? iat : 0,
    notBefore: typeof nbf === 'number' ? nbf : 0,
    expiresAt: exp,
    namespace: textOf(own['namespace']) ?? '',
    serviceAccount,
    pod: objectClaimOf(own['pod']),
    secret: objectClaimOf(own['secret']),
    node: node === undefined ? undefined : { name: textOf(node['name']) ?? '', uid: textOf(node['uid']) },
    warnAfter: typeof own['warnafter'] === 'number' ? own['warnafter'] : undefined,
  }
}

export function userOfClaims(claims: ServiceAccountClaims): UserInfo {
  const { namespace, serviceAccount, pod, node, id } = claims
  const extra: Record<string, readonly string[]> = {}
  if (id !== undefined) extra['authentication.kubernetes.io/credential-id'] = [`JTI=${id}`]
  if (pod !== undefined) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name]
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid]
  }
  if (node !== undefined) {
    extra['authentication.kubernetes.io/node-name'] = [node.name]
    if (node.uid !== undefined) extra['authentication.kubernetes.io/node-uid'] = [node.uid]
  }
  return { ...serviceAccountUser(namespace, serviceAccount.name), uid: serviceAccount.uid, extra }
}

/** The name and groups of a service account, without the groups that come from being authenticated. */
function serviceAccountUser(namespace: string, name: string): UserInfo {
  return { name: serviceAccountUserName(namespace, name), groups: serviceAccountGroups(namespace) }
}

export function serviceAccountUserName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`
}

export function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
}

/** The account that a user name stands for; undefined for all other users. */
export function serviceAccountOfUserName(userName: string): { readonly namespace: string; readonly name: string } | undefined {
  const [system, sort, namespace, name, ...rest] = userName.split(':')
  if (system !== 'system' || sort !== 'serviceaccount' || !namespace || !name || rest.length > 0) return undefined
  return { namespace, name }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function objectClaimOf(value: unknown): ObjectClaim | undefined {
  const record = recordOf(value)
  const name = textOf(record?.['name'])
  return name === undefined ? undefined : { name, uid: textOf(record?.['uid']) ?? '' }
}
