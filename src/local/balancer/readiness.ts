/** Asks an API server's `/readyz`, over one connection that is kept, as long as it can be. */
import { Agent, get } from 'node:https'
import type { Clock } from '#base/env/clock'
import { deadline } from '#client/deadline'
import type { Health } from './backends.ts'

export type ReadinessOptions = { readonly port: number; readonly caPem: string }

/** A control plane under load may be slow, one that hangs does not answer at all. */
const answerMsMax = 1500

export class Readiness implements Disposable {
  readonly #clock: Clock
  readonly #options: ReadinessOptions
  readonly #agent: Agent

  constructor(clock: Clock, options: ReadinessOptions) {
    this.#clock = clock
    this.#options = options
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, ca: options.caPem })
  }

  /** Resolves in any case. */
  async check(address: string, signal: AbortSignal): Promise<Health> {
    using limit = deadline(this.#clock, answerMsMax, 'no answer in time', signal)
    return await this.#ask(address, limit.signal)
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }

  #ask(host: string, signal: AbortSignal): Promise<Health> {
    return new Promise((resolve) => {
      const request = get({ host, port: this.#options.port, path: '/readyz', agent: this.#agent, signal }, (response) => {
        response.on('error', () => resolve('silent'))
        response.on('end', () => resolve(response.statusCode === 200 ? 'ready' : 'unready'))
        response.resume()
      })
      request.on('error', () => resolve('silent'))
    })
  }
}
