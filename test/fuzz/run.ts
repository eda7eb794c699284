/**
 * `node test/fuzz/run.ts --seed N --count M [--jobs J] [--family F] [--chunk C] [--result FILE]`: M cases in chunks, each with a seed and a
 * server of its own. Prints every fault with its seed, and a table of statuses; ends with 1 if there was a fault.
 */
import { fork } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runChunk } from './chunk.ts'
import { loadCorpus } from './corpus.ts'
import { addCounts, type Counts, tableOf } from './status-table.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '10000' },
    jobs: { type: 'string', default: '1' },
    chunk: { type: 'string', default: '5000' },
    family: { type: 'string' },
    /** A file that gets one line of JSON for each chunk. */
    result: { type: 'string' },
  },
})

const chunkSize = Number(values.chunk)
const count = Number(values.count)
const firstSeed = Number(values.seed)
const jobs = Number(values.jobs)

process.exit(jobs > 1 ? await runJobs() : await runHere())

async function runHere(): Promise<number> {
  const corpus = loadCorpus()
  const totals = new Map<string, Map<number, number>>()
  let faultCount = 0
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      console.error(`CRASH (${event}): ${error instanceof Error ? error.stack : String(error)}`)
      process.exit(2)
    })
  }
  for (let done = 0, seed = firstSeed; done < count; done += chunkSize, seed++) {
    const result = await runChunk({
      seed,
      count: Math.min(chunkSize, count - done),
      corpus,
      ...(values.family === undefined ? {} : { family: values.family }),
    })
    addCounts(totals, result.counts)
    faultCount += result.faults.length
    for (const fault of result.faults) console.log(`FAULT ${fault}`)
    if (values.result !== undefined)
      appendFileSync(
        values.result,
        `${JSON.stringify({ seed, cases: result.caseCount, faults: result.faults.length, counts: plain(result.counts) })}\n`,
      )
  }
  console.log(tableOf(totals))
  console.log(`${count} cases, seeds ${firstSeed} on, ${faultCount} faults`)
  return faultCount === 0 ? 0 : 1
}

/** Each job takes its share of the chunks, and so of the seeds. */
async function runJobs(): Promise<number> {
  const chunks = Math.ceil(count / chunkSize)
  const share = Math.ceil(chunks / jobs)
  const outcomes = Array.from({ length: Math.ceil(chunks / share) }, (_, job) => {
    const own = Math.min(share * chunkSize, count - job * share * chunkSize)
    const further = [
      ...(values.family === undefined ? [] : ['--family', values.family]),
      ...(values.result === undefined ? [] : ['--result', values.result]),
    ]
    const child = fork(import.meta.filename, [
      '--seed',
      String(firstSeed + job * share),
      '--count',
      String(own),
      '--chunk',
      values.chunk,
      ...further,
    ])
    return new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 2)))
  })
  return Math.max(...(await Promise.all(outcomes)))
}

function plain(counts: Counts): Readonly<Record<string, Readonly<Record<string, number>>>> {
  return Object.fromEntries([...counts].map(([family, statuses]) => [family, Object.fromEntries(statuses)]))
}
