/** SIGKILL at random moments: while the store works, while it opens, several times in a row; the next process has to go on by itself. */
import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sleep, systemClock } from '#base/env/clock'
import { type Random, seededRandom } from '#base/env/random'
import { checkRecordedRun } from '../check-recorded-run.ts'
import { type HostedStore, spawnHost, startHost } from '../host/host-process.ts'
import { RecordedRun } from '../recorded-run.ts'
import type { Figures, Scenario } from '../scenario.ts'

export type SigkillOptions = {
  readonly name: string
  readonly summary: string
  /** After a kill the files are put back to how they were some time before: the harness must find a loss. */
  readonly rollsBack?: boolean
}

const killsMax = 4
const recordsBeforeKillMax = 600

export function sigkillScenario(options: SigkillOptions): Scenario {
  return {
    name: options.name,
    summary: options.summary,
    missing: () => false,
    open: async () => ({ run: (seed, directory) => runOnce(options, seed, directory), [Symbol.asyncDispose]: async () => undefined }),
  }
}

async function runOnce({ rollsBack = false }: SigkillOptions, seed: number, directory: string): Promise<Figures> {
  const random = seededRandom(seed)
  const run = new RecordedRun(seed)
  const store = join(directory, 'store')
  const killCount = 1 + Math.floor(random.float() * killsMax)
  try {
    for (let kill = 0; kill < killCount; kill++) {
      await using host = await startHost({ directory: store })
      await loadUntilKilled(run, host, random, rollsBack ? store : undefined)
      while (random.float() < 0.2) await killWhileOpening(store, random)
    }
    await using host = await startHost({ directory: store })
    await run.load([host.store], { clientCount: 2, callsPerClient: 5, leaseMs: 60_000 })
    await host.stop()
    checkRecordedRun(run)
    return { kills: killCount, ...run.figures() }
  } finally {
    run.save(directory)
  }
}

async function loadUntilKilled(run: RecordedRun, host: HostedStore, random: Random, rolledBack: string | undefined): Promise<void> {
  const stop = new AbortController()
  const killAt = run.history.length + Math.floor(random.float() * recordsBeforeKillMax)
  const copyAt = Math.floor(run.history.length + (killAt - run.history.length) * random.float())
  const delayMs = random.float() * 3
  run.onRecord = () => {
    if (rolledBack !== undefined && run.history.length === copyAt) copyWhilePaused(host, rolledBack)
    if (run.history.length === killAt) setTimeout(() => host.process.kill('SIGKILL'), delayMs)
  }
  host.process.once('exit', () => stop.abort())
  const clientCount = 1 + Math.floor(random.float() * 8)
  await run.load([host.store], { clientCount, callsPerClient: 1000, leaseMs: 300 + 3000 * random.float(), stop: stop.signal })
  await host.kill()
  run.restart('SIGKILL')
  if (rolledBack === undefined) return
  rmSync(rolledBack, { recursive: true })
  renameSync(copyOf(rolledBack), rolledBack)
}

/** The copy is what a kill at this moment would have left. */
function copyWhilePaused(host: HostedStore, directory: string): void {
  host.process.kill('SIGSTOP')
  cpSync(directory, copyOf(directory), { recursive: true })
  host.process.kill('SIGCONT')
}

function copyOf(directory: string): string {
  return `${directory}.copy`
}

async function killWhileOpening(directory: string, random: Random): Promise<void> {
  await using host = spawnHost({ directory })
  await sleep(systemClock, 20 + random.float() * 80)
  await host.kill()
}
