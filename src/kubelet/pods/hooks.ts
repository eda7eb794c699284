/** Lifecycle hooks: a command in the container, an HTTP request to it, or a pause. */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type Clock, sleep } from '#base/env/clock'
import type { Container, LifecycleHandler, Pod } from '#kinds/core/types.gen'
import type { PodRuntime } from '../runtime/pod-runtime.ts'

export type HookTarget = { readonly pod: Pod; readonly container: Container; readonly containerId: string; readonly podIp: string }

const httpTimeoutMs = 30_000

export class Hooks {
  readonly #deps: { readonly runtime: PodRuntime; readonly clock: Clock }

  constructor(deps: { readonly runtime: PodRuntime; readonly clock: Clock }) {
    this.#deps = deps
  }

  /** Rejects when the hook fails: exit code not 0, no answer, or a status of 400 and above. */
  async run(hook: LifecycleHandler, target: HookTarget, signal: AbortSignal): Promise<void> {
    if (hook.exec !== undefined) return this.#exec(hook.exec.command ?? [], target)
    if (hook.httpGet !== undefined) return httpGet(hook.httpGet, target, signal)
    if (hook.sleep !== undefined) await sleep(this.#deps.clock, hook.sleep.seconds * 1000, signal)
  }

  async #exec(command: readonly string[], target: HookTarget): Promise<void> {
    const { exitCode, output } = await this.#deps.runtime.exec(target.containerId, command, 0)
    if (exitCode !== 0) throw new Error(`command '${command.join(' ')}' exited with ${exitCode}: ${output}`)
  }
}

function httpGet(get: NonNullable<LifecycleHandler['httpGet']>, target: HookTarget, signal: AbortSignal): Promise<void> {
  const isHttps = get.scheme === 'HTTPS'
  const headers = Object.fromEntries((get.httpHeaders ?? []).map(({ name, value }) => [name, value]))
  const options = {
    host: get.host || target.podIp,
    port: portOf(target.container, get.port),
    path: get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`,
    headers: { 'user-agent': 'kube-lifecycle/1.36', accept: '*/*', ...headers },
    signal,
    timeout: httpTimeoutMs,
    rejectUnauthorized: false, // As upstream: a hook does not check the container's certificate.
  }
  return new Promise((resolve, reject) => {
    const request = (isHttps ? httpsRequest : httpRequest)(options, (response) => {
      response.resume()
      const status = response.statusCode ?? 0
      if (status >= 400) reject(new Error(`HTTP hook answered ${status}`))
      else resolve()
    })
    request.on('timeout', () => request.destroy(new Error('HTTP hook timed out')))
    request.on('error', reject)
    request.end()
  })
}

/** A port by number, or by the name that the container gives it. */
export function portOf(container: Container, port: string | number): number {
  if (typeof port === 'number') return port
  const named = container.ports?.find((one) => one.name === port)
  return named?.containerPort ?? Number(port)
}
