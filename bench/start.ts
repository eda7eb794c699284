/** How soon things are there: the control plane alone, and a whole cluster. */
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { upArguments } from '../test/e2e/test-cluster.ts'
import { type BenchCluster, median, msUntilRunning, slot, startBenchCluster } from './bench-cluster.ts'
import type { Row } from './main.ts'
import { cpuSecondsOf } from './process-usage.ts'
import { untilReady } from './ready.ts'

const repeatCount = 5
const navarchFile = join(import.meta.dirname, '../bin/navarch.mjs')

export async function* measureStart(): AsyncGenerator<Row> {
  await using bench = await startBenchCluster()
  const { dataDir } = bench.cluster
  await bench.cluster.navarch('down')
  const empty: ServerStart[] = []
  const filled: ServerStart[] = []
  for (let i = 0; i < repeatCount; i++) {
    rmSync(join(dataDir, 'store'), { recursive: true, force: true })
    empty.push(await startServer(dataDir))
    filled.push(await startServer(dataDir))
  }
  yield ['control plane, exec to /readyz, empty store', shownStarts(empty)]
  yield ['control plane, exec to /readyz, restart', shownStarts(filled)]
  yield ['navarch up on a set-up machine until a pod runs', shown(await upTimesMs(bench))]
}

async function upTimesMs({ cluster, client }: BenchCluster): Promise<number[]> {
  const tookMs: number[] = []
  for (let i = 0; i < repeatCount; i++) {
    const startedMs = performance.now()
    await cluster.navarch('up', ...upArguments(slot), '--kubeconfig', cluster.kubeconfig)
    await untilCreated(() => msUntilRunning(client, `first-${i}`))
    tookMs.push(performance.now() - startedMs)
    await cluster.navarch('down')
  }
  return tookMs
}

/** On a fresh cluster the default service account may be a moment away. */
async function untilCreated(create: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await create()
      return
    } catch (error) {
      if (attempt === 100) throw error
      await sleepMs(20)
    }
  }
}

type ServerStart = { readonly tookMs: number; readonly cpuSeconds: number }

async function startServer(dataDir: string): Promise<ServerStart> {
  const { apiPort } = JSON.parse(readFileSync(join(dataDir, 'cluster.json'), 'utf8'))
  const startedMs = performance.now()
  const child = spawn(process.execPath, [navarchFile, 'server', '--data-dir', dataDir], { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.on('exit', resolve))
  try {
    await untilReady(child, apiPort)
    return { tookMs: performance.now() - startedMs, cpuSeconds: cpuSecondsOf(child.pid ?? 0) }
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

function sleepMs(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

function shownStarts(starts: readonly ServerStart[]): string {
  return `${shown(starts.map(({ tookMs }) => tookMs))}, ${median(starts.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2)} CPU s`
}

function shown(tookMs: readonly number[]): string {
  return `${(median(tookMs) / 1000).toFixed(2)} s (best ${(Math.min(...tookMs) / 1000).toFixed(2)})`
}
