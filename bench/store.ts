/**
 * Measures the stores: durable puts, reads, watch fan-out, start. `node bench/store.ts [directory]`; the directory decides which disk.
 * Where there is an etcd on PATH, one member of it is measured too.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/base/env/clock.ts'
import { silentLog } from '../src/base/env/log.ts'
import { openEtcdStore } from '../src/store/etcd/etcd-store.ts'
import { createMemoryStore } from '../src/store/memory/memory-store.ts'
import { put } from '../src/store/single-key.ts'
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Store, Watch } from '../src/store/store.ts'
import { etcdProgram } from '../src/testing/etcd/etcd-program.ts'
import { startEtcd } from '../src/testing/etcd/start-etcd.ts'

type Measure = { readonly name: string; readonly measure: (store: Store) => Promise<string> }

const value = new Uint8Array(1000).fill(65)

const measures: readonly Measure[] = [
  { name: 'puts/s, 256 in flight', measure: (store) => putRate(store, 256, 60_000) },
  { name: 'puts/s, one at a time', measure: (store) => putRate(store, 1, 3000) },
  { name: 'one put, median and 99th percentile', measure: putLatency },
  { name: 'gets/s', measure: getRate },
  { name: 'range of 500, times/s', measure: rangeRate },
  { name: 'events/s to 1,000 watches of one prefix', measure: fanOut },
  { name: 'longest wait of a put while compacting all', measure: compactionPause },
]

await main(process.argv[2] ?? tmpdir())

async function main(parent: string): Promise<void> {
  const directory = mkdtempSync(join(parent, 'navarch-bench-store-'))
  try {
    console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, values of ${value.length} bytes`)
    await using etcd =
      etcdProgram === undefined ? undefined : await startEtcd({ directory: parent, args: ['--quota-backend-bytes=8589934592'] })
    const memory = createMemoryStore({ clock: systemClock })
    const sqlite = await openSqliteStore({ clock: systemClock, directory })
    const onEtcd = etcd && (await openEtcdStore({ endpoints: etcd.endpoints, clock: systemClock, log: silentLog }))
    const stores = [memory, sqlite, ...(onEtcd === undefined ? [] : [onEtcd])]
    console.log(row('what', ['memory', 'sqlite', 'etcd'].slice(0, stores.length)))
    for (const { name, measure } of measures) {
      const figures: string[] = []
      for (const store of stores) figures.push(await measure(store))
      console.log(row(name, figures))
    }
    await onEtcd?.close()
    await sqlite.close()
    await measureOpening(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

async function measureOpening(directory: string): Promise<void> {
  for (const [name, place] of [
    ['a fresh store', join(directory, 'fresh')],
    ['the store filled above', directory],
  ] as const) {
    const startedMs = performance.now()
    const store = await openSqliteStore({ clock: systemClock, directory: place })
    const tookMs = performance.now() - startedMs
    const { keyCount, sizeBytes } = await store.status()
    await store.close()
    console.log(row(`open ${name}: ${keyCount} keys, ${Math.round(sizeBytes / 2 ** 20)} MiB on disk`, ['', `${tookMs.toFixed(0)} ms`]))
  }
}

async function putRate(store: Store, inFlight: number, count: number): Promise<string> {
  let next = 0
  const writer = async (): Promise<void> => {
    while (next < count) await put(store, `/registry/pods/default/pod-${next++}`, value)
  }
  return perSecond(count, () => Promise.all(Array.from({ length: inFlight }, writer)))
}

async function putLatency(store: Store): Promise<string> {
  const tookMs: number[] = []
  for (let i = 0; i < 2000; i++) {
    const startedMs = performance.now()
    await put(store, `/registry/leases/node-${i % 10}`, value)
    tookMs.push(performance.now() - startedMs)
  }
  tookMs.sort((a, b) => a - b)
  return `${tookMs[1000]?.toFixed(2)}/${tookMs[1980]?.toFixed(2)} ms`
}

async function getRate(store: Store): Promise<string> {
  return ratePerSecond((i) => store.get(`/registry/pods/default/pod-${i % 50_000}`))
}

async function rangeRate(store: Store): Promise<string> {
  return ratePerSecond(() => store.range({ prefix: '/registry/pods/', limit: 500 }))
}

async function fanOut(store: Store): Promise<string> {
  const count = 2000
  const abort = new AbortController()
  const watches = Array.from({ length: 1000 }, () => store.watch({ prefix: '/registry/watched/' }, abort.signal))
  // From its first batch on a watch is there.
  await Promise.all(watches.map((watch) => watch.next()))
  const read = async (watch: Watch): Promise<void> => {
    let seen = 0
    for await (const { events } of watch) {
      seen += events.length
      if (seen === count) return
    }
  }
  const write = (_: unknown, i: number): Promise<number> => put(store, `/registry/watched/${i}`, value)
  return perSecond(count * watches.length, () => Promise.all([...watches.map(read), ...Array.from({ length: count }, write)]))
}

async function compactionPause(store: Store): Promise<string> {
  let longestMs = 0
  let isCompacting = true
  const compaction = store.compact(await store.currentRevision()).then(() => {
    isCompacting = false
  })
  while (isCompacting) {
    const startedMs = performance.now()
    await put(store, '/registry/leases/beside', value)
    longestMs = Math.max(longestMs, performance.now() - startedMs)
  }
  await compaction
  return `${longestMs.toFixed(1)} ms`
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<string> {
  const startedMs = performance.now()
  await work()
  return Math.round((count * 1000) / (performance.now() - startedMs)).toLocaleString('en')
}

/** One after the other, for about a second. */
async function ratePerSecond(work: (i: number) => Promise<unknown>): Promise<string> {
  const startedMs = performance.now()
  let count = 0
  while (performance.now() - startedMs < 1000) for (let i = 0; i < 100; i++) await work(count++)
  return Math.round((count * 1000) / (performance.now() - startedMs)).toLocaleString('en')
}

function row(what: string, figures: readonly string[]): string {
  return [what.padEnd(60), ...figures.map((figure) => figure.padStart(14))].join(' ')
}
