/** One command for each table: `npm run bench NAME`. See README.md. */
import { cpus, release, totalmem } from 'node:os'
import { ensureBundle } from '../tools/build/ensure-bundle.ts'
import { measureApi } from './api.ts'
import { measureApply } from './apply.ts'
import { measureIdle } from './idle.ts'
import { measureLists } from './lists.ts'
import { measureMemory } from './memory.ts'
import { measurePods } from './pods.ts'
import { measureStart } from './start.ts'
import { measureWatches } from './watches.ts'

/** One line of a table: what was measured, and what was seen. */
export type Row = readonly [what: string, seen: string]

/** Gives its rows as they are found, so that a long one shows that it lives. */
type Benchmark = (argv: readonly string[]) => AsyncIterable<Row>

const benchmarks: Readonly<Record<string, Benchmark>> = {
  start: measureStart,
  pods: measurePods,
  idle: measureIdle,
  api: measureApi,
  apply: measureApply,
  lists: measureLists,
  watches: measureWatches,
  memory: measureMemory,
}

const [name = '', ...argv] = process.argv.slice(2)
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined
if (benchmark === undefined) {
  console.error(`usage: npm run bench ${Object.keys(benchmarks).join('|')} (and, for themselves, bench/store.ts and bench/scheduler.ts)`)
  process.exitCode = 1
} else {
  console.log(`${machine()}, from the ${await ensureBundle()}\n`)
  for await (const [what, seen] of benchmark(argv)) console.log(`${what.padEnd(64)} ${seen.padStart(34)}`)
}

function machine(): string {
  const memoryGb = (totalmem() / 2 ** 30).toFixed(0)
  return `${cpus().length} x ${cpus()[0]?.model}, ${memoryGb} GiB, Linux ${release()}, Node ${process.version}`
}
