/**
 * Measures what the sqlite store takes of the machine: bytes written per byte stored, the wait of a writer while a large history is
 * forgotten, memory and start with a gigabyte. `node bench/store-disk.ts [directory]`; the directory decides which disk.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/base/env/clock.ts'
import { put } from '../src/store/single-key.ts'
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../src/store/store.ts'

const gigabyte = 1e9

const [first = tmpdir(), openedDirectory] = process.argv.slice(2)
if (first === 'open' && openedDirectory !== undefined) await tellOpening(openedDirectory)
else await measureAll(first)

async function measureAll(parent: string): Promise<void> {
  await inStore(parent, (store) => writeAmplification(store, 256, 100_000))
  await inStore(parent, (store) => writeAmplification(store, 1, 20_000))
  await inStore(parent, compactionPause)
  for (const [bytes, count] of [
    [2_000, 500_000],
    [10_000, 100_000],
  ] as const) {
    await inStore(parent, (store) => fill(store, { count, inFlight: 512, bytesOf: () => bytes }), reportOpening)
  }
}

/** Calls the functions one after the other, the second when the store is closed again. */
async function inStore(parent: string, use: (store: Store) => Promise<unknown>, look = (_: string): void => {}): Promise<void> {
  const directory = mkdtempSync(join(parent, 'navarch-bench-disk-'))
  try {
    // The reserve is written once, whatever is stored.
    const store = await openSqliteStore({ clock: systemClock, directory, reserveBytes: 0 })
    await use(store)
    await store.close()
    look(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

async function writeAmplification(store: Store, inFlight: number, count: number): Promise<void> {
  const before = bytesWritten()
  const stored = await fill(store, { count, inFlight, bytesOf: (i) => 1024 + ((i * 7919) % 3072) })
  const ratio = (bytesWritten() - before) / stored
  console.log(`bytes written per byte stored, values of 1 to 4 KB, ${inFlight} in flight: ${ratio.toFixed(2)}`)
}

/** Of this process, to disks. */
function bytesWritten(): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
}

async function compactionPause(store: Store): Promise<void> {
  const keyCount = 100_000
  for (let round = 0; round < 2; round++) await fill(store, { count: keyCount, inFlight: 256, bytesOf: () => 1000 })
  const waits: number[] = []
  const compaction = { isOver: false }
  const write = async (): Promise<void> => {
    while (!compaction.isOver) {
      const startedMs = performance.now()
      await put(store, '/registry/leases/beside', new Uint8Array(300))
      waits.push(performance.now() - startedMs)
    }
  }
  const startedMs = performance.now()
  await Promise.all([
    write(),
    store.compact(await store.currentRevision()).finally(() => {
      compaction.isOver = true
    }),
  ])
  waits.sort((a, b) => a - b)
  const figures = [0.5, 0.99, 1].map((part) => waits[Math.ceil(waits.length * part) - 1]?.toFixed(1))
  const tookMs = (performance.now() - startedMs).toFixed(0)
  console.log(`a put while 100,000 replaced of 100,000 keys are forgotten (${tookMs} ms): median, 99%, longest ${figures.join(', ')} ms`)
}

type Load = { readonly count: number; readonly inFlight: number; readonly bytesOf: (i: number) => number }

/** Gives the bytes stored. */
async function fill(store: Store, { count, inFlight, bytesOf }: Load): Promise<number> {
  let next = 0
  let stored = 0
  const write = async (): Promise<void> => {
    while (next < count) {
      const i = next++
      const value = new Uint8Array(bytesOf(i)).fill(i)
      stored += value.length
      await put(store, `/registry/pods/namespace-${i % 50}/deployment-5d6c9f7b8-${i}`, value)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, write))
  return stored
}

/** In a process of its own, which has nothing else in its memory. */
function reportOpening(directory: string): void {
  process.stdout.write(execFileSync(process.execPath, [import.meta.filename, 'open', directory]))
}

async function tellOpening(directory: string): Promise<void> {
  const before = process.memoryUsage.rss()
  const startedMs = performance.now()
  await using store = await openSqliteStore({ clock: systemClock, directory })
  const tookMs = performance.now() - startedMs
  const { keyCount, liveBytes } = await store.status()
  const perByte = (process.memoryUsage.rss() - before) / liveBytes
  const { user, system } = process.cpuUsage()
  const cpuMs = Math.round((user + system) / 1000)
  const size = `${(liveBytes / gigabyte).toFixed(2)} GB in ${keyCount} keys`
  console.log(`open ${size}: ${tookMs.toFixed(0)} ms (${cpuMs} ms of processor); ${perByte.toFixed(2)} bytes of memory per byte`)
}
