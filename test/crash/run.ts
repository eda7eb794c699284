/**
 * `node test/crash/run.ts SCENARIO --seed N --count M --jobs J`: runs a scenario from each seed of N to N + M - 1, a line for each, and sums up.
 * A run that fails leaves its directory and names it; with `--keep`, all do. Without a scenario, lists them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect, parseArgs } from 'node:util'
import { allScenarios } from './all-scenarios.ts'
import type { Figures, Scenario, ScenarioRunner } from './scenario.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    directory: { type: 'string', default: tmpdir() },
    quiet: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})
const scenario = allScenarios.find(({ name }) => name === positionals[0])
if (scenario === undefined) {
  for (const { name, summary } of allScenarios) console.log(`${name.padEnd(20)} ${summary}`)
  process.exitCode = positionals.length === 0 ? 0 : 2
} else {
  process.exitCode = (await runAll(scenario)) ? 0 : 1
}

async function runAll(chosen: Scenario): Promise<boolean> {
  const missing = chosen.missing()
  if (missing !== false) {
    console.log(`${chosen.name} cannot be run here: ${missing}`)
    return false
  }
  const directory = mkdtempSync(join(values.directory, 'navarch-crash-'))
  const started = performance.now()
  const totals: { [name: string]: number } = {}
  const failed: number[] = []
  const seeds = Array.from({ length: Number(values.count) }, (_, i) => Number(values.seed) + i)
  const interrupted = endOnSignal()
  await using runner = await chosen.open(directory)
  const worker = async () => {
    for (let seed = seeds.shift(); seed !== undefined && !interrupted.aborted; seed = seeds.shift()) {
      const figures = await runOne(runner, seed, directory)
      if (figures === undefined) failed.push(seed)
      addUp(totals, figures ?? {})
    }
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker))
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const runCount = Number(values.count) - seeds.length
  console.log(
    `${chosen.name}: ${runCount} runs, ${failed.length} failed${failed.length > 0 ? ` (${failed.join(' ')})` : ''}, ${seconds} s; ${told(totals)}`,
  )
  if (failed.length === 0 && !values.keep) rmSync(directory, { recursive: true })
  return failed.length === 0
}

async function runOne(runner: ScenarioRunner, seed: number, directory: string): Promise<Figures | undefined> {
  const place = join(directory, String(seed))
  mkdirSync(place)
  const started = performance.now()
  const seconds = () => ((performance.now() - started) / 1000).toFixed(2)
  try {
    const figures = await runner.run(seed, place)
    if (!values.quiet) console.log(`ok    seed ${seed}  ${seconds()} s  ${told(figures)}`)
    if (!values.keep) rmSync(place, { recursive: true })
    return figures
  } catch (error) {
    writeFileSync(join(place, 'failure.txt'), inspect(error, { depth: 8 }))
    console.log(`FAIL  seed ${seed}  ${seconds()} s  ${error instanceof Error ? error.message : String(error)}\n      see ${place}`)
    return undefined
  }
}

/** Counts add up; of what ends in Max, the largest is kept. */
function addUp(totals: { [name: string]: number }, figures: Figures): void {
  for (const [name, count] of Object.entries(figures)) {
    totals[name] = name.endsWith('Max') ? Math.max(totals[name] ?? 0, count) : (totals[name] ?? 0) + count
  }
}

function told(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}

/** The first interrupt lets the runs under way end, so that whatever they started is ended too. */
function endOnSignal(): AbortSignal {
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort())
  return abort.signal
}
