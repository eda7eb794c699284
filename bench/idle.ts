/** What an idle cluster costs: memory of our two processes, CPU of everything that runs for it. */
import { basename } from 'node:path'
import { msUntilRunning, startBenchCluster } from './bench-cluster.ts'
import type { Row } from './main.ts'
import { cpuSecondsOf, processesNaming, residentMegabytesOf } from './process-usage.ts'

const settleMs = 30_000
const measuredMs = 30_000
const podCount = 10

export async function* measureIdle(): AsyncGenerator<Row> {
  await using bench = await startBenchCluster()
  const { client, cluster } = bench
  await wait(settleMs)
  yield* memoryRows(cluster.dataDir, 'no pods')
  for (let i = 0; i < podCount; i++) await msUntilRunning(client, `idle-${i}`)
  await wait(settleMs)
  const before = cpuByName(cluster.dataDir)
  await wait(measuredMs)
  const after = cpuByName(cluster.dataDir)
  let sum = 0
  for (const [name, seconds] of after) {
    const used = seconds - (before.get(name) ?? 0)
    sum += used
    yield [`CPU, ${podCount} pods: ${name}`, percent(used)]
  }
  yield [`CPU, ${podCount} pods: sum`, percent(sum)]
  yield* memoryRows(cluster.dataDir, `${podCount} pods`)
}

function* memoryRows(dataDir: string, when: string): Generator<Row> {
  let sum = 0
  for (const { pid, words } of processesNaming(dataDir)) {
    const name = nameOf(words)
    if (name !== 'server' && name !== 'agent') continue
    const megabytes = residentMegabytesOf(pid)
    sum += megabytes
    yield [`memory, ${when}: ${name}`, `${megabytes.toFixed(0)} MB`]
  }
  yield [`memory, ${when}: sum`, `${sum.toFixed(0)} MB`]
}

/** Processes of one name count as one: every pod has its own shim. */
function cpuByName(dataDir: string): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>()
  for (const { pid, words } of processesNaming(dataDir)) seconds.set(nameOf(words), (seconds.get(nameOf(words)) ?? 0) + cpuSecondsOf(pid))
  return seconds
}

function nameOf(words: readonly string[]): string {
  const [program = ''] = words
  if (words.some((word) => word.endsWith('supervise.sh'))) return 'supervisors'
  return words.find((word) => word === 'server' || word === 'agent') ?? basename(program)
}

function percent(seconds: number): string {
  return `${((seconds * 100_000) / measuredMs).toFixed(2)} % of a core`
}

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
