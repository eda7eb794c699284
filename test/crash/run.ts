/**
 * `node test/crash/run.ts SCENARIO --seed N --count M --jobs J`: runs a scenario from each seed of N to N + M - 1, a line for each, and sums up.
 * A run that fails leaves its directory and names it; with `--keep`, all do. Without a scenario, lists them.
 */
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { allScenarios } from './all-scenarios.ts'
import { runSeeds, told } from './run-seeds.ts'
import type { Scenario } from './scenario.ts'

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
  for (const { name, summary } of allScenarios) console.log(`${name.padEnd(24)} ${summary}`)
  process.exitCode = positionals.length === 0 ? 0 : 2
} else {
  process.exitCode = (await runAndTell(scenario)) ? 0 : 1
}

async function runAndTell(chosen: Scenario): Promise<boolean> {
  const missing = chosen.missing()
  if (missing !== false) {
    console.log(`${chosen.name} cannot be run here: ${missing}`)
    return false
  }
  const startedMs = performance.now()
  const { runCount, failures, totals } = await runSeeds(chosen, {
    seeds: Array.from({ length: Number(values.count) }, (_, i) => Number(values.seed) + i),
    directory: values.directory,
    jobs: Number(values.jobs),
    keeps: values.keep,
    onRun: (line) => {
      if (!values.quiet || !line.startsWith('ok')) console.log(line)
    },
    stop: interrupted(),
  })
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  const failed = failures.length === 0 ? '0 failed' : `${failures.length} failed (seeds ${failures.map(({ seed }) => seed).join(' ')})`
  console.log(`${chosen.name}: ${runCount} runs, ${failed}, ${seconds} s; ${told(totals)}`)
  return failures.length === 0
}

/** The first interrupt lets the runs under way end, so that whatever they started is ended too. */
function interrupted(): AbortSignal {
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort())
  return abort.signal
}
