/** Credentials that a program prints (`client.authentication.k8s.io ExecCredential`), kept until they expire. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Clock } from '#base/env/clock'
import type { TlsMaterial } from './endpoint.ts'
import { type ExecPlugin, KubeconfigError } from './kubeconfig.ts'

export type IssuedCredentials = { readonly token?: string | undefined; readonly tls: TlsMaterial }

type ExecCredential = {
  readonly status?: {
    readonly token?: string
    readonly clientCertificateData?: string
    readonly clientKeyData?: string
    readonly expirationTimestamp?: string
  }
}

export class ExecCredentials {
  readonly #plugin: ExecPlugin
  readonly #clock: Clock
  #held: { readonly pending: Promise<IssuedCredentials>; untilMs: number } | undefined

  constructor(plugin: ExecPlugin, clock: Clock) {
    this.#plugin = plugin
    this.#clock = clock
  }

  /** Callers at the same time share one run of the program. */
  async current(): Promise<IssuedCredentials> {
    if (this.#held !== undefined && this.#clock.nowMs() < this.#held.untilMs) return await this.#held.pending
    const held = { pending: this.#issue((untilMs) => (held.untilMs = untilMs)), untilMs: Number.POSITIVE_INFINITY }
    this.#held = held
    try {
      return await held.pending
    } catch (error) {
      this.#held = undefined
      throw error
    }
  }

  async #issue(expireAt: (untilMs: number) => void): Promise<IssuedCredentials> {
    const { status } = await this.#run()
    if (status === undefined) throw new KubeconfigError(`exec plugin: ${this.#plugin.command} did not return a status`)
    if (status.expirationTimestamp !== undefined) expireAt(Date.parse(status.expirationTimestamp))
    const { clientCertificateData: certificatePem, clientKeyData: privateKeyPem, token } = status
    return { token, tls: certificatePem === undefined ? {} : { certificatePem, privateKeyPem } }
  }

  async #run(): Promise<ExecCredential> {
    const { command, args = [], env = [], apiVersion = 'client.authentication.k8s.io/v1' } = this.#plugin
    const info = JSON.stringify({ kind: 'ExecCredential', apiVersion, spec: { interactive: false } })
    // Through `env`, so that the plugin also gets the variables of this program.
    const assignments = [...env.map(({ name, value }) => `${name}=${value}`), `KUBERNETES_EXEC_INFO=${info}`]
    try {
      const { stdout } = await promisify(execFile)('env', [...assignments, command, ...args])
      return JSON.parse(stdout)
    } catch (error) {
      throw new KubeconfigError(
        `getting credentials: exec: executable ${command} failed: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
  }
}
