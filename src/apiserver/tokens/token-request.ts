/** `POST serviceaccounts/NAME/token`: issues a token that is bound to an audience, a time, and perhaps an object. */

import type { Clock } from '#base/env/clock'
import { rfc3339 } from '#base/env/clock'
import type { Random } from '#base/env/random'
import type { TokenRequest } from '#kinds/authentication/types.gen'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { Secret } from '#kinds/core/secret.kind'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import { type FieldError, FieldPath, invalid } from '#meta/field-path'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { sizeOf } from '#meta/schema/json'
import { badRequest, conflict, invalidObject, notFound } from '#meta/status'
import type { StateReader } from '../exchange.ts'
import { type ServiceAccountClaims, serviceAccountUserName } from './claims.ts'
import type { SigningKey } from './service-account-keys.ts'
import { signToken } from './sign-token.ts'

export type TokenRequestDeps = {
  readonly state: StateReader
  readonly clock: Clock
  readonly random: Random
  readonly key: SigningKey
  readonly issuer: string
  /** What a token is for that names no audience. */
  readonly audiences: readonly string[]
  /** Longer wishes are cut to this. */
  readonly lifetimeSecondsMax?: number | undefined
  /** Tokens that kubelets mount for old clients live a year, and are reported when used after their hour. */
  readonly extendsExpiration: boolean
}

/** How long a token lives whose request does not say it. */
export const lifetimeSecondsDefault = 3600
const lifetimeSecondsMin = 600
const lifetimeSecondsLimit = 2 ** 32
/** The unusual number by which a kubelet marks the tokens that may be extended. */
const extendableSeconds = 3607
const extendedSeconds = 365 * 24 * 3600

/** Throws NotFound, Invalid, BadRequest or Conflict as upstream does. */
export async function issueToken(
  ref: { readonly namespace: string; readonly name: string },
  request: TokenRequest,
  deps: TokenRequestDeps,
): Promise<TokenRequest> {
  const { state, clock, issuer } = deps
  refuseOtherRef(ref, request)
  const account = state.get(ServiceAccount, ref.namespace, ref.name)
  if (account === undefined) throw notFound(ServiceAccount, ref.name)
  const { expirationSeconds = lifetimeSecondsDefault, boundObjectRef } = request.spec
  const audiences = request.spec.audiences?.length ? request.spec.audiences : deps.audiences
  refuseInvalid(expirationSeconds)
  const lifetimeSeconds = Math.min(expirationSeconds, deps.lifetimeSecondsMax ?? expirationSeconds)
  const bound = boundObjectRef === undefined ? {} : boundObject(ref, boundObjectRef, state)
  const nowSeconds = Math.floor(clock.nowMs() / 1000)
  const isExtended =
    deps.extendsExpiration && lifetimeSeconds === extendableSeconds && bound.pod !== undefined && isSameSet(audiences, deps.audiences)
  const claims: ServiceAccountClaims = {
    issuer,
    audiences,
    subject: serviceAccountUserName(ref.namespace, ref.name),
    id: deps.random.uuid(),
    issuedAt: nowSeconds,
    notBefore: nowSeconds,
    expiresAt: nowSeconds + (isExtended ? extendedSeconds : lifetimeSeconds),
    namespace: ref.namespace,
    serviceAccount: { name: ref.name, uid: account.metadata.uid ?? '' },
    warnAfter: isExtended ? nowSeconds + lifetimeSeconds : undefined,
    ...bound,
  }
  const token = await signToken(claims, deps.key)
  return answerOf(request, account, { audiences, expirationSeconds: lifetimeSeconds }, token, nowSeconds)
}

function answerOf(
  request: TokenRequest,
  account: ServiceAccount,
  terms: { readonly audiences: readonly string[]; readonly expirationSeconds: number },
  token: string,
  nowSeconds: number,
): TokenRequest {
  const { name, namespace, uid } = account.metadata
  const expirationTimestamp = rfc3339((nowSeconds + terms.expirationSeconds) * 1000)
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { ...request.metadata, name, namespace, uid, creationTimestamp: rfc3339(nowSeconds * 1000) },
    spec: { ...terms, boundObjectRef: request.spec.boundObjectRef },
    status: { token, expirationTimestamp },
  }
}

function refuseOtherRef(ref: { readonly namespace: string; readonly name: string }, { metadata }: TokenRequest): void {
  const { name = ref.name, namespace = ref.namespace } = metadata ?? {}
  const at = FieldPath.of('metadata')
  const errors: FieldError[] = []
  if (name !== ref.name) errors.push(invalid(at.field('name'), name, 'must match the service account name if specified'))
  if (namespace !== ref.namespace)
    errors.push(invalid(at.field('namespace'), namespace, 'must match the service account namespace if specified'))
  if (errors.length > 0) throw invalidObject(tokenRequestKind, ref.name, errors)
}

const tokenRequestKind = { group: 'authentication.k8s.io', kind: 'TokenRequest' }

function refuseInvalid(expirationSeconds: number): void {
  const at = FieldPath.of('spec', 'expirationSeconds')
  if (sizeOf(expirationSeconds) < lifetimeSecondsMin) {
    throw invalidObject(tokenRequestKind, '', [invalid(at, expirationSeconds, 'may not specify a duration less than 10 minutes')])
  }
  if (sizeOf(expirationSeconds) > lifetimeSecondsLimit) {
    throw invalidObject(tokenRequestKind, '', [invalid(at, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')])
  }
}

type BoundClaims = Pick<ServiceAccountClaims, 'pod' | 'secret' | 'node'>
type BoundRef = NonNullable<TokenRequest['spec']['boundObjectRef']>

function boundObject(account: { readonly namespace: string; readonly name: string }, bound: BoundRef, state: StateReader): BoundClaims {
  const name = bound.name ?? ''
  switch (`${bound.apiVersion}/${bound.kind}`) {
    case 'v1/Pod': {
      const pod = existing(Pod, account.namespace, name, bound, state)
      if (pod.spec?.serviceAccountName !== account.name) {
        throw badRequest(
          `cannot bind token for serviceaccount ${JSON.stringify(account.name)} to pod running with different serviceaccount name.`,
        )
      }
      return { pod: { name, uid: pod.metadata.uid ?? '' }, node: nodeOf(pod, state) }
    }
    case 'v1/Node':
      return { node: { name, uid: existing(Node, undefined, name, bound, state).metadata.uid } }
    case 'v1/Secret':
      return { secret: { name, uid: existing(Secret, account.namespace, name, bound, state).metadata.uid ?? '' } }
    default:
      throw badRequest(`cannot bind token to object of type ${groupVersionKind(bound)}`)
  }
}

function existing<T extends KubeObject>(
  kind: Kind<T>,
  namespace: string | undefined,
  name: string,
  bound: BoundRef,
  state: StateReader,
): T {
  const object = state.get(kind, namespace, name)
  if (object === undefined) throw notFound(kind, name)
  if (bound.uid && bound.uid !== object.metadata.uid) {
    const why = `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`
    throw conflict({ group: kind.group, plural: kind.kind }, name, why)
  }
  return object
}

function nodeOf(pod: Pod, state: StateReader): ServiceAccountClaims['node'] {
  const name = pod.spec?.nodeName
  if (!name) return undefined
  return { name, uid: state.get(Node, undefined, name)?.metadata.uid }
}

/** As Go prints one: `/v1, Kind=ConfigMap`. */
function groupVersionKind({ apiVersion = '', kind = '' }: BoundRef): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((entry) => other.includes(entry))
}
