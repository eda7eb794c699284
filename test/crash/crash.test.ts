/**
 * A short selection of the fault runs, and the proof that the harness bites: with a store or a disk that is broken on purpose, it must
 * find a loss. The long runs are made with `run.ts`.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { allScenarios } from './all-scenarios.ts'
import { etcdFaultsScenario } from './etcd/etcd-faults.ts'
import { runSeeds } from './run-seeds.ts'
import type { Scenario } from './scenario.ts'

/** Scenarios and how many seeds of each. */
const selection: readonly (readonly [name: string, seedCount: number])[] = [
  ['sigkill', 25],
  ['power-cut', 4],
  ['power-cut-after-errors', 4],
  ['write-errors', 3],
  ['full-disk', 1],
  ['pause', 1],
]

for (const [name, seedCount] of selection) {
  testSeeds(
    scenarioNamed(name),
    Array.from({ length: seedCount }, (_, i) => i + 1),
  )
}

// The seeds choose what is repaired afterwards: a corrupt member is replaced, a snapshot restored, nothing.
const etcdSelection: readonly (readonly [faults: readonly string[], seed: number])[] = [
  [['kill the leader', 'cut off the leader', 'stop a follower'], 6],
  [['kill the majority', 'nobody hears the leader', 'a clock jumps'], 1],
  [['cut all from each other', 'all stutter', 'defragment'], 3],
]

for (const [faults, seed] of etcdSelection) {
  testSeeds(etcdFaultsScenario({ name: `etcd: ${faults.join(', ')}`, summary: '', faults }), [seed])
}

for (const scenario of allScenarios.filter(({ name }) => name.startsWith('broken-'))) {
  test(`${scenario.name}: the harness finds the loss`, { skip: scenario.missing() }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'navarch-broken-'))
    try {
      const { failures, runCount } = await runSeeds(scenario, { seeds: [1, 2, 3], directory })
      assert.ok(failures.length > 0, `nothing was found in ${runCount} runs`)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
}

function testSeeds(scenario: Scenario, seeds: readonly number[]): void {
  test(`${scenario.name}: ${seeds.length} runs`, { skip: scenario.missing() }, async () => {
    const { failures } = await runSeeds(scenario, { seeds, directory: tmpdir() })
    const stories = failures.map(({ seed, message, directory }) => `seed ${seed} (see ${directory}): ${message}`)
    assert.equal(stories.join('\n'), '')
  })
}

function scenarioNamed(name: string): Scenario {
  const scenario = allScenarios.find((candidate) => candidate.name === name)
  assert.ok(scenario !== undefined, `there is a scenario ${name}`)
  return scenario
}
