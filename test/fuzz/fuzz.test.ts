/** A minute of fuzzing with seeds that change by the day, after the seeds that once found something. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runChunk } from './chunk.ts'
import { loadCorpus } from './corpus.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const chunkSize = 2500

/** What was found with them: README.md. */
const seedsOfFaults = [1000, 100_018, 100_027]

test('a minute of malformed requests of every family leaves the server as it was', { timeout: 5 * minuteMs }, async () => {
  const corpus = loadCorpus()
  const endMs = Date.now() + minuteMs
  const isOver = () => Date.now() > endMs
  const today = Math.floor(Date.now() / dayMs) * 1000
  let caseCount = 0
  for (let round = 0; !isOver(); round++) {
    const seed = seedsOfFaults[round] ?? today + round
    const result = await runChunk({ seed, count: chunkSize, corpus, isOver })
    assert.deepEqual(result.faults, [], `node test/fuzz/run.ts --seed ${seed} --count ${chunkSize} shows it again`)
    caseCount += result.caseCount
  }
  assert(caseCount > 2000, `${caseCount} cases in a minute are too few`)
})
