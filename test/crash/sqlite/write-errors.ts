/**
 * A disk that refuses: writes, syncs and truncations fail with EIO or ENOSPC, a few times or for a while. Reads go on, nothing is
 * acknowledged that a later start does not have, and once the disk takes writes again the store goes on by itself.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { sleep, systemClock } from '#base/env/clock'
import { type Random, seededRandom } from '#base/env/random'
import type { Store } from '#store/store'
import { missingPrograms } from '../../e2e/requirements.ts'
import { checkRecordedRun } from '../check-recorded-run.ts'
import { startHost } from '../host/host-process.ts'
import { RecordedRun } from '../recorded-run.ts'
import type { Figures, Scenario } from '../scenario.ts'
import { compileShim } from '../shim/compile-shim.ts'
import { type Fault, FaultFile } from '../shim/faults.ts'
import { goesOnWithin } from './goes-on.ts'
import { randomFault } from './random-fault.ts'

const faultsPerRun = 4
const recoveryMsMax = 5000

export const writeErrors: Scenario = {
  name: 'write-errors',
  summary: 'sqlite: writes and syncs fail with EIO and ENOSPC or are slow, now and then or for a while',
  missing: () => missingPrograms('cc'),
  open: async (directory) => {
    const shim = compileShim(directory)
    return { run: (seed, place) => runOnce(shim, seed, place), [Symbol.asyncDispose]: async () => undefined }
  },
}

async function runOnce(shim: string, seed: number, directory: string): Promise<Figures> {
  const random = seededRandom(seed)
  const run = new RecordedRun(seed)
  using faults = new FaultFile(join(directory, 'faults'))
  const environment = { LD_PRELOAD: shim, CRASH_ROOT: join(directory, 'store'), CRASH_FAULTS: faults.path }
  let hits = 0
  try {
    for (let start = 0; start < 2; start++) {
      await using host = await startHost({ directory: join(directory, 'store') }, environment)
      const stop = new AbortController()
      const faulting = makeFaults(run.client(host.store), faults, random).finally(() => stop.abort())
      await run.load([host.store], { clientCount: 4, callsPerClient: 5000, callsPerSecond: 400, leaseMs: 2000, stop: stop.signal })
      hits += await faulting
      await host.kill()
      run.restart('SIGKILL')
    }
    await using host = await startHost({ directory: join(directory, 'store') }, environment)
    await run.load([host.store], { clientCount: 2, callsPerClient: 10, leaseMs: 60_000 })
    await host.stop()
    checkRecordedRun(run, { compactsItself: true })
    return { hits, ...run.figures() }
  } finally {
    run.save(directory)
  }
}

/** A few calls fail, or all for a while, or syncs are slow. */
function nextFault(random: Random): Fault {
  const kind = random.float()
  if (kind < 0.2) return { calls: ['sync'], times: 10, sleepMs: 5 + random.float() * 150 }
  return kind < 0.5 ? { ...randomFault(random, 20), times: -1, isShort: false } : randomFault(random, 40)
}

/** Gives the number of calls that were made to fail or to wait. */
async function makeFaults(store: Store, faults: FaultFile, random: Random): Promise<number> {
  let hits = 0
  for (let fault = 0; fault < faultsPerRun; fault++) {
    await sleep(systemClock, 20 + random.float() * 80)
    faults.inject(nextFault(random))
    await sleep(systemClock, 20 + random.float() * 150)
    assert.ok((await store.range({ prefix: '' })).revision > 0, 'reads go on')
    hits += faults.hitCount()
    faults.lift()
    await goesOnWithin(store, recoveryMsMax)
  }
  return hits
}
