/** The public keys of an issuer, fetched when they are first needed, and again when a token names a key that is not there. */
import { request } from 'node:https'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTHeaderParameters } from 'jose'
import type { Clock } from '#base/env/clock'
import { ConfigReader } from '../config-reader.ts'

export type IssuerKeysOptions = {
  readonly clock: Clock
  readonly issuer: string
  /** Where the discovery document is, if not at the issuer. */
  readonly discoveryUrl?: string | undefined
  /** PEM of the authority of the issuer's server; absent: those of this machine. */
  readonly authority?: string | undefined
}

type LocalKeys = ReturnType<typeof createLocalJWKSet>
/** A token with an unknown key makes us ask the issuer only so often. */
const refreshPauseMs = 10_000
const bytesMax = 1024 * 1024
const timeoutMs = 10_000

export class IssuerKeys {
  readonly #options: IssuerKeysOptions
  #keys: Promise<LocalKeys> | undefined
  #fetchedAtMs = 0

  constructor(options: IssuerKeysOptions) {
    this.#options = options
  }

  /** Rejects where the issuer has no such key, or cannot be asked. */
  async keyFor(header: JWTHeaderParameters) {
    try {
      return await (await this.#current())(header)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.#options.clock.monotonicMs() - this.#fetchedAtMs < refreshPauseMs)
        throw error
      this.#keys = undefined
      return await (await this.#current())(header)
    }
  }

  async #current(): Promise<LocalKeys> {
    const fetching = (this.#keys ??= this.#fetch())
    try {
      return await fetching
    } catch (error) {
      // The next token asks again.
      if (this.#keys === fetching) this.#keys = undefined
      throw error
    }
  }

  async #fetch(): Promise<LocalKeys> {
    const { clock, issuer, discoveryUrl, authority } = this.#options
    this.#fetchedAtMs = clock.monotonicMs()
    const url = discoveryUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const document = ConfigReader.of(url, await fetchedJson(url, authority))
    const named = document.text('issuer')
    if (named !== issuer)
      throw new Error(
        `oidc: issuer did not match the issuer returned by provider, expected ${JSON.stringify(issuer)} got ${JSON.stringify(named)}`,
      )
    return createLocalJWKSet((await fetchedJson(document.text('jwks_uri'), authority)) as JSONWebKeySet)
  }
}

function fetchedJson(url: string, authority: string | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { ...(authority === undefined ? {} : { ca: authority }), timeout: timeoutMs, signal: AbortSignal.timeout(timeoutMs) }
    const sent = request(url, options, (answer) => {
      const chunks: Buffer[] = []
      let size = 0
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > bytesMax) answer.destroy(new Error(`${url} answers more than ${bytesMax} bytes`))
        else chunks.push(chunk)
      })
      answer.on('error', reject)
      answer.on('end', () => {
        if (answer.statusCode !== 200) return reject(new Error(`${url} answers ${answer.statusCode}`))
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
        } catch (error) {
          reject(error)
        }
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}
