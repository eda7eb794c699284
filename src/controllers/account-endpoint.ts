/**
 * The API server as seen by one of kube-system's service accounts, so that a controller may do no more than its role says
 * (`--use-service-account-credentials`). The account is made where it is missing; tokens are renewed before they expire.
 */
import type { Clock } from '#base/env/clock'
import type { Client } from '#client/client'
import type { Endpoint } from '#client/endpoint'
import type { TokenRequest } from '#kinds/authentication/types.gen'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import { hasReason } from '#meta/status'

const namespace = 'kube-system'
const lifeSeconds = 3600
const usedShareMax = 0.8

/** `client` is the one that may ask for tokens; `endpoint` is where it is connected to. */
export type AccountEndpointDeps = { readonly client: Client; readonly clock: Clock; readonly endpoint: Endpoint }

export function accountEndpoint({ endpoint, ...deps }: AccountEndpointDeps, account: string): Endpoint {
  const tokens = new AccountTokens(deps, account)
  return {
    server: endpoint.server,
    tls: async () => {
      // Without the client certificate: it would speak for the whole process.
      const { caPem, serverName, skipsVerification } = await endpoint.tls()
      return { caPem, serverName, skipsVerification }
    },
    headers: async () => ({ authorization: `Bearer ${await tokens.current()}` }),
  }
}

type HeldToken = { readonly token: string; readonly renewAtMs: number }

class AccountTokens {
  readonly #deps: { readonly client: Client; readonly clock: Clock }
  readonly #account: string
  #held: Promise<HeldToken> | undefined

  constructor(deps: { readonly client: Client; readonly clock: Clock }, account: string) {
    this.#deps = deps
    this.#account = account
  }

  /** All who ask at the same time wait for the same answer; a failure is not kept. */
  async current(): Promise<string> {
    const held = this.#held
    if (held !== undefined) {
      const { token, renewAtMs } = await held
      if (this.#deps.clock.nowMs() < renewAtMs) return token
      if (this.#held === held) this.#held = undefined
    }
    const asked = (this.#held ??= this.#request())
    try {
      return (await asked).token
    } catch (error) {
      if (this.#held === asked) this.#held = undefined
      throw error
    }
  }

  async #request(): Promise<HeldToken> {
    try {
      return await this.#requestToken()
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error
    }
    await this.#createAccount()
    return await this.#requestToken()
  }

  async #requestToken(): Promise<HeldToken> {
    const { client, clock } = this.#deps
    const ref = { name: this.#account, namespace }
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: { expirationSeconds: lifeSeconds } }
    const { spec, status } = await client.createSubresource<ServiceAccount, TokenRequest>(ServiceAccount, ref, 'token', body)
    if (status.token === undefined) throw new Error(`the server granted no token for service account ${this.#account}`)
    const lifeMs = (spec.expirationSeconds ?? lifeSeconds) * 1000
    return { token: status.token, renewAtMs: clock.nowMs() + lifeMs * usedShareMax }
  }

  async #createAccount(): Promise<void> {
    const account: ServiceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: this.#account, namespace } }
    try {
      await this.#deps.client.create(ServiceAccount, account)
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) throw error
    }
  }
}
