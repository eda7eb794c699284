/** Runs a scenario from one seed after the other, each in a directory of its own, and sums up. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { Figures, Scenario, ScenarioRunner } from './scenario.ts'

/** Which seeds, and how. */
export type SeedRuns = {
  readonly seeds: readonly number[]
  /** Holds a directory of this call; what is left in it is what failed. */
  readonly directory: string
  /** Runs at the same time. */
  readonly jobs?: number
  /** Keeps the directories of runs that went well, too. */
  readonly keeps?: boolean
  /** Told of each run when it is over. */
  readonly onRun?: (line: string) => void
  /** Starts no more runs. */
  readonly stop?: AbortSignal
}

/** What came of it. */
export type SeedOutcome = {
  readonly runCount: number
  readonly failures: readonly { readonly seed: number; readonly message: string; readonly directory: string }[]
  readonly totals: Figures
}

/** Runs them all, also when some fail. */
export async function runSeeds(
  scenario: Scenario,
  { seeds, directory: parent, jobs = 1, keeps = false, onRun, stop }: SeedRuns,
): Promise<SeedOutcome> {
  const directory = mkdtempSync(join(parent, 'navarch-crash-'))
  const rest = [...seeds]
  const failures: SeedOutcome['failures'][number][] = []
  let totals: Figures = {}
  let runCount = 0
  await using runner = await scenario.open(directory)
  const work = async (): Promise<void> => {
    for (let seed = rest.shift(); seed !== undefined && stop?.aborted !== true; seed = rest.shift()) {
      const run = await runSeed(runner, seed, join(directory, String(seed)), keeps)
      runCount++
      onRun?.(run.line)
      if (run.failure === undefined) totals = sum(totals, run.figures)
      else failures.push({ seed, message: run.failure, directory: join(directory, String(seed)) })
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  if (failures.length === 0 && !keeps) rmSync(directory, { recursive: true })
  return { runCount, failures, totals }
}

/** Figures as words. */
export function told(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}

type Run = { readonly line: string; readonly figures: Figures; readonly failure: string | undefined }

async function runSeed(runner: ScenarioRunner, seed: number, directory: string, keeps: boolean): Promise<Run> {
  mkdirSync(directory)
  const startedMs = performance.now()
  const seconds = (): string => ((performance.now() - startedMs) / 1000).toFixed(2)
  try {
    const figures = await runner.run(seed, directory)
    if (!keeps) rmSync(directory, { recursive: true })
    return { line: `ok    seed ${seed}  ${seconds()} s  ${told(figures)}`, figures, failure: undefined }
  } catch (error) {
    writeFileSync(join(directory, 'failure.txt'), inspect(error, { depth: 8 }))
    const failure = error instanceof Error ? error.message : String(error)
    return { line: `FAIL  seed ${seed}  ${seconds()} s  ${failure}\n      see ${directory}`, figures: {}, failure }
  }
}

/** Counts add up; of what ends in Max, the largest is kept. */
function sum(totals: Figures, figures: Figures): Figures {
  const result: { [name: string]: number } = { ...totals }
  for (const [name, count] of Object.entries(figures)) {
    const before = result[name] ?? 0
    result[name] = name.endsWith('Max') ? Math.max(before, count) : before + count
  }
  return result
}
