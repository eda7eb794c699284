/**
 * One address in front of several control planes. Bytes pass as they are: TLS is between client and control plane. A control plane that refuses is
 * passed over at once; one that does not answer its health check loses its clients, who come again and get another one.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { Backends, type Health } from './backends.ts'

export type BalancerDeps = {
  readonly clock: Clock
  readonly log: Log
  /** Asks a control plane how it is; resolves in any case. */
  readonly check: (address: string, signal: AbortSignal) => Promise<Health>
}

export type BalancerOptions = {
  readonly host: string
  readonly port: number
  readonly backendPort: number
  readonly addresses: readonly string[]
}

const checkIntervalMs = 1000
const connectMsMax = 1000

/** Serves until the signal is aborted. */
export async function runBalancer(deps: BalancerDeps, options: BalancerOptions, signal: AbortSignal): Promise<void> {
  const balancer = new Balancer(deps, options)
  await using _listening = await balancer.listen()
  deps.log.info('balancing', { port: options.port, to: options.addresses })
  await balancer.watch(signal)
}

class Balancer {
  readonly #deps: BalancerDeps
  readonly #options: BalancerOptions
  readonly #backends: Backends
  readonly #clients: ReadonlyMap<string, Set<Socket>>

  constructor(deps: BalancerDeps, options: BalancerOptions) {
    this.#deps = deps
    this.#options = options
    this.#backends = new Backends(options.addresses)
    this.#clients = new Map(options.addresses.map((address) => [address, new Set()]))
  }

  async listen(): Promise<AsyncDisposable> {
    const { host, port } = this.#options
    const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (client) => void this.#serve(client))
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
    return { [Symbol.asyncDispose]: () => this.#close(server) }
  }

  /** Keeps asking all control planes how they are. */
  async watch(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#backends.addresses.map((address) => this.#watchOne(address, signal)))
  }

  async #watchOne(address: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const health = await this.#deps.check(address, signal)
      if (signal.aborted) return
      const before = this.#backends.healthOf(address)
      const isLeft = this.#backends.observe(address, health)
      if (health !== before) this.#deps.log.info('a control plane changed', { address, before, health })
      if (isLeft) this.#cut(address)
      await sleep(this.#deps.clock, checkIntervalMs, signal).catch(() => undefined)
    }
  }

  #cut(address: string): void {
    for (const socket of this.#clients.get(address) ?? []) socket.resetAndDestroy()
  }

  async #serve(client: Socket): Promise<void> {
    // Until a control plane is found, a client that leaves must not end this process.
    client.on('error', () => client.destroy())
    for (const address of this.#backends.candidates((one) => this.#clients.get(one)?.size ?? 0)) {
      const server = await this.#connect(address)
      if (client.destroyed) return void server?.destroy()
      if (server !== undefined) return this.#join(client, server, address)
      this.#backends.observe(address, 'silent')
    }
    client.resetAndDestroy()
  }

  /** Undefined when the control plane refuses, or does not take the connection in time. */
  async #connect(address: string): Promise<Socket | undefined> {
    const server = connect({ host: address, port: this.#options.backendPort, noDelay: true, keepAlive: true, allowHalfOpen: true })
    using _limit = this.#deps.clock.setTimer(connectMsMax, () => server.destroy(new Error('no answer in time')))
    const isConnected = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.once('close', () => resolve(false))
      server.once('connect', () => resolve(true))
    })
    return isConnected ? server : undefined
  }

  #join(client: Socket, server: Socket, address: string): void {
    const own = this.#clients.get(address)
    own?.add(client)
    client.once('close', () => {
      own?.delete(client)
      server.destroy()
    })
    // What breaks on one side breaks on the other: a client must not wait for an answer that cannot come.
    server.on('error', () => client.resetAndDestroy())
    server.once('close', () => client.destroySoon())
    client.pipe(server)
    server.pipe(client)
  }

  async #close(server: Server): Promise<void> {
    for (const address of this.#backends.addresses) this.#cut(address)
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}
