/** Tokens of a pod's service account, bound to the pod, renewed when four fifths of their life have passed. */
import type { Clock } from '#base/env/clock'
import type { Client } from '#client/client'
import type { TokenRequest } from '#kinds/authentication/types.gen'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import type { Pod, ServiceAccountTokenProjection } from '#kinds/core/types.gen'

type HeldToken = { readonly token: string; readonly renewAtMs: number }

const lifeSecondsDefault = 3600
const usedShareMax = 0.8
// As upstream: a token of more than a day is renewed daily.
const ageMsMax = 24 * 3600 * 1000

/** The tokens of one volume. */
export class VolumeTokens {
  readonly #deps: { readonly client: Client; readonly clock: Clock }
  readonly #held = new Map<string, HeldToken>()

  constructor(deps: { readonly client: Client; readonly clock: Clock }) {
    this.#deps = deps
  }

  /** The token for a projection: the one that is held until its time has come. */
  async tokenOf(pod: Pod, projection: ServiceAccountTokenProjection, signal: AbortSignal): Promise<string> {
    const held = this.#held.get(projection.path)
    if (held !== undefined && this.#deps.clock.nowMs() < held.renewAtMs) return held.token
    const fresh = await this.#request(pod, projection, signal)
    this.#held.set(projection.path, fresh)
    return fresh.token
  }

  /** When the first of them has to be renewed. */
  get renewAtMs(): number {
    return Math.min(...[...this.#held.values()].map(({ renewAtMs }) => renewAtMs))
  }

  async #request(pod: Pod, projection: ServiceAccountTokenProjection, signal: AbortSignal): Promise<HeldToken> {
    const { name = '', namespace, uid = '' } = pod.metadata
    const account = pod.spec?.serviceAccountName || 'default'
    const expirationSeconds = projection.expirationSeconds ?? lifeSecondsDefault
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: {
        audiences: projection.audience ? [projection.audience] : [],
        expirationSeconds,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
      },
    }
    const ref = { name: account, namespace }
    const answer = await this.#deps.client.createSubresource<ServiceAccount, TokenRequest>(ServiceAccount, ref, 'token', body, signal)
    const { token, expirationTimestamp } = answer.status
    if (token === undefined || expirationTimestamp === undefined)
      throw new Error(`the server granted no token for service account ${account}`)
    const lifeMs = (answer.spec.expirationSeconds ?? expirationSeconds) * 1000
    const renewAtMs = Date.parse(expirationTimestamp) - lifeMs + Math.min(lifeMs * usedShareMax, ageMsMax)
    return { token, renewAtMs }
  }
}
