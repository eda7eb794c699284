/** 1,000 changes of one object, seen by one watcher and by 1,000: what each event costs for each watcher. */
import { type ClientHttp2Session, connect } from 'node:http2'
import { type Endpoint, tlsOptionsOf } from '#client/endpoint'
import type { Row } from './main.ts'
import { configMap, cpuOf, type MeasuredServer, onMeasuredServer } from './measured-server.ts'
import { readerOf } from './read.ts'

const eventCount = 1000
const watcherCount = 1000
const changesInFlight = 16
/** Servers take 100 to 250 streams on a connection. */
const watchersPerConnection = 100

export function measureWatches(argv: readonly string[]): AsyncGenerator<Row> {
  return onMeasuredServer(argv, rowsOf)
}

async function* rowsOf({ load, endpoint, pids, namespacePath }: MeasuredServer): AsyncGenerator<Row> {
  const configMaps = `${namespacePath}/configmaps`
  const get = await readerOf(endpoint)
  let created = 0
  const create = () => load.send('POST', configMaps, configMap(`watched-${created++}`))
  const watched = async (count: number) => {
    const revision = /"resourceVersion":"(\d+)"/.exec((await get(`${configMaps}?limit=1`)).head)?.[1]
    await using watchers = await Watchers.open(endpoint, `${configMaps}?watch=true&resourceVersion=${revision}`, count)
    const before = { cpu: cpuOf(pids), ms: performance.now() }
    await load.run({ count: eventCount, inFlight: changesInFlight, send: create })
    await watchers.seen(eventCount)
    return { cpuSeconds: cpuOf(pids) - before.cpu, seconds: (performance.now() - before.ms) / 1000 }
  }
  await watched(1)
  const one = await watched(1)
  const many = await watched(watcherCount)
  const each = (seconds: number) => `${((seconds / eventCount / (watcherCount - 1)) * 1e6).toFixed(2)} us`
  const cpu = pids.length === 0 ? '' : `, ${each(many.cpuSeconds - one.cpuSeconds)} CPU`
  yield [`${eventCount} events to ${watcherCount} watchers`, `${many.seconds.toFixed(2)} s (to one ${one.seconds.toFixed(2)} s)`]
  yield ['an event for a watcher', `${each(many.seconds - one.seconds)}${cpu}`]
}

/** Watches that count their events and drop them. */
class Watchers {
  readonly #sessions: readonly ClientHttp2Session[]
  readonly #counts: number[]
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = []

  private constructor(sessions: readonly ClientHttp2Session[], count: number) {
    this.#sessions = sessions
    this.#counts = Array<number>(count).fill(0)
  }

  static async open(endpoint: Endpoint, path: string, count: number): Promise<Watchers> {
    const tls = tlsOptionsOf(endpoint.server, await endpoint.tls())
    const sessions = Array.from({ length: Math.ceil(count / watchersPerConnection) }, () =>
      connect(endpoint.server, { ...tls, settings: { initialWindowSize: 1 << 24 } }),
    )
    for (const session of sessions) session.once('connect', () => session.setLocalWindowSize(1 << 28))
    const watchers = new Watchers(sessions, count)
    const headers = { ...(await endpoint.headers()), accept: 'application/json', ':path': path }
    await Promise.all(Array.from({ length: count }, (_, index) => watchers.#watch(index, headers)))
    return watchers
  }

  /** Resolves when every watcher has had so many events. */
  seen(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve })
      this.#wake()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#sessions.map((session) => {
        const closed = new Promise<void>((resolve) => session.once('close', resolve))
        session.destroy()
        return closed
      }),
    )
  }

  #watch(index: number, headers: Readonly<Record<string, string | string[]>>): Promise<void> {
    const session = this.#sessions[Math.floor(index / watchersPerConnection)]
    return new Promise((resolve, reject) => {
      if (session === undefined) return reject(new Error('there is no connection'))
      const stream = session.request(headers)
      stream.on('response', (answered) => (answered[':status'] === 200 ? resolve() : reject(new Error(`answered ${answered[':status']}`))))
      stream.on('error', reject)
      stream.on('data', (bytes: Buffer) => this.#count(index, bytes))
    })
  }

  #count(index: number, bytes: Buffer): void {
    let lines = 0
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
    if (lines === 0) return
    this.#counts[index] = (this.#counts[index] ?? 0) + lines
    this.#wake()
  }

  #wake(): void {
    for (;;) {
      const first = this.#waiting[0]
      if (first === undefined || !this.#counts.every((count) => count >= first.count)) return
      this.#waiting.shift()
      first.resolve()
    }
  }
}
