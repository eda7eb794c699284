/** Asks an API server how it is: whether it lives, which it tells at once, and whether it can serve, which may take its store a moment. */
import { Agent, get } from 'node:https'
import type { Clock } from '#base/env/clock'
import { deadline } from '#client/deadline'
import type { Health } from './backends.ts'

export type ReadinessOptions = { readonly port: number; readonly caPem: string }

/** A control plane under load may be slow, one that hangs does not answer at all. */
const lifeMsMax = 1000
/** More than an API server gives its store. */
const readyMsMax = 2500

export class Readiness implements Disposable {
  readonly #clock: Clock
  readonly #options: ReadinessOptions
  readonly #agent: Agent

  constructor(clock: Clock, options: ReadinessOptions) {
    this.#clock = clock
    this.#options = options
    this.#agent = new Agent({ keepAlive: true, ca: options.caPem })
  }

  /** Resolves in any case. */
  async check(address: string, signal: AbortSignal): Promise<Health> {
    const [lives, isReady] = [
      this.#answersWell(address, '/livez?exclude=etcd', lifeMsMax, signal),
      this.#answersWell(address, '/readyz', readyMsMax, signal),
    ]
    if (!(await lives)) return 'silent'
    return (await isReady) ? 'ready' : 'unready'
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }

  async #answersWell(address: string, path: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    using limit = deadline(this.#clock, timeoutMs, 'no answer in time', signal)
    return await this.#ask(address, path, limit.signal)
  }

  #ask(host: string, path: string, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const request = get({ host, port: this.#options.port, path, agent: this.#agent, signal }, (response) => {
        response.on('error', () => resolve(false))
        response.on('end', () => resolve(response.statusCode === 200))
        response.resume()
      })
      request.on('error', () => resolve(false))
    })
  }
}
