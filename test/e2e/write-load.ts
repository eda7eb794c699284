/**
 * A load of writes whose answers are remembered: what was acknowledged has to be there afterwards, whatever happened meanwhile. Each worker writes
 * objects of its own, one after the other, so that the last acknowledged value of each is known. Every write names the version that it replaces:
 * one that a server was about to make when it hung can then not undo a later one.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '#client/client'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { hasReason, ignoreNotFound } from '#meta/status'

/** What one object may hold: its acknowledged value, or a later one that was asked for and not answered. */
type Written = { acknowledged: number; asked: number }

const retryMs = 25
const updatesOfEach = 5
const probeIntervalMs = 100
const kubectlPauseMs = 300
/** So many new calls in a row have to be answered well until service counts as back. */
const probesInRow = 5

export class WriteLoad implements AsyncDisposable {
  readonly #clients: readonly Client[]
  readonly #namespace: string
  readonly #written = new Map<string, Written>()
  readonly #stop = new AbortController()
  readonly #workers: readonly Promise<void>[]
  readonly #failures: string[] = []
  #acknowledgedCount = 0
  #longestMs = 0
  #probeCount = 0

  /** A worker for each client. */
  constructor(clients: readonly Client[], namespace: string) {
    this.#clients = clients
    this.#namespace = namespace
    this.#workers = clients.map((client, worker) => this.#work(client, worker))
  }

  get acknowledgedCount(): number {
    return this.#acknowledgedCount
  }

  /** What clients of the load were told, and how long the longest call took, since this was last asked. */
  takeTroubles(): { readonly failures: readonly string[]; readonly longestMs: number } {
    const troubles = { failures: [...new Set(this.#failures.splice(0))], longestMs: Math.round(this.#longestMs) }
    this.#longestMs = 0
    return troubles
  }

  /** Resolves with how long it takes from now until new calls are answered well, one after the other. */
  async backAfterMs(timeoutMs: number): Promise<number> {
    const startMs = performance.now()
    const answers: Promise<number | undefined>[] = []
    for (;;) {
      answers.push(this.#probe())
      await sleep(probeIntervalMs)
      const elapsedMs = performance.now() - startMs
      if (elapsedMs > timeoutMs)
        throw new Error(`writes are not answered after ${timeoutMs} ms: ${this.takeTroubles().failures.join('; ')}`)
      const last = await Promise.race([Promise.all(answers.slice(-probesInRow)), sleep(0)])
      if (last === undefined || last.length < probesInRow || last.includes(undefined)) continue
      return Math.max((last[0] ?? 0) - startMs, 0)
    }
  }

  /** Every acknowledged write is there, as `read` tells it: the values of all objects by name. */
  verify(values: ReadonlyMap<string, number>): void {
    for (const [name, { acknowledged, asked }] of this.#written) {
      const value = values.get(name)
      if (acknowledged === 0) continue
      assert.ok(value !== undefined, `${name} was acknowledged and is not there`)
      assert.ok(value >= acknowledged && value <= asked, `${name} holds ${value}; ${acknowledged} was acknowledged, ${asked} asked for`)
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#workers)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #work(client: Client, worker: number): Promise<void> {
    for (let number = 0; !this.#stop.signal.aborted; number++) {
      const name = `load-${worker}-${number}`
      const written: Written = { acknowledged: 0, asked: 0 }
      this.#written.set(name, written)
      let found: ConfigMap | undefined
      for (let value = 1; value <= updatesOfEach; value++) {
        written.asked = value
        found = await this.#write(client, name, value, found)
        if (found === undefined) return
        written.acknowledged = value
        this.#acknowledgedCount++
      }
    }
  }

  /** Again and again until it is acknowledged. Undefined when the load is stopped meanwhile. */
  async #write(client: Client, name: string, value: number, found: ConfigMap | undefined): Promise<ConfigMap | undefined> {
    let old = found
    while (!this.#stop.signal.aborted) {
      const startMs = performance.now()
      try {
        return await this.#put(client, name, value, old)
      } catch (error) {
        this.#failures.push(error instanceof Error ? error.message : String(error))
        const there = await this.#read(client, name).catch(() => old)
        // The answer to an earlier attempt was lost, the write was not.
        if (there?.data?.['value'] === `${value}`) return there
        old = there
        await sleep(retryMs)
      } finally {
        this.#longestMs = Math.max(this.#longestMs, performance.now() - startMs)
      }
    }
    return undefined
  }

  async #put(client: Client, name: string, value: number, old: ConfigMap | undefined): Promise<ConfigMap> {
    const data = { value: `${value}` }
    if (old !== undefined) return await client.update(ConfigMap, { ...old, data })
    return await client.create(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: this.#namespace }, data })
  }

  async #read(client: Client, name: string): Promise<ConfigMap | undefined> {
    return await ignoreNotFound(client.get(ConfigMap, { namespace: this.#namespace, name }))
  }

  /** A write by itself: when it was answered; undefined if it was not, or not well. */
  async #probe(): Promise<number | undefined> {
    const number = this.#probeCount++
    const client = this.#clients[number % this.#clients.length]
    const metadata = { name: `probe-${number}`, namespace: this.#namespace }
    try {
      await client?.create(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata })
      return performance.now()
    } catch (error) {
      return hasReason(error, 'AlreadyExists') ? performance.now() : undefined
    }
  }
}

/** The same with a kubectl, an object a call. Ends when the signal is aborted; resolves with the names that it was told are created. */
export async function kubectlLoad(
  create: (name: string) => Promise<{ readonly status: number }>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const created: string[] = []
  for (let number = 0; !signal.aborted; number++) {
    const name = `kubectl-${number}`
    if ((await create(name)).status === 0) created.push(name)
    await sleep(kubectlPauseMs)
  }
  return created
}
