/** SIGSTOP: the process stands still for seconds in the middle of its work, longer than leases live, and then goes on. */
import { join } from 'node:path'
import { sleep, systemClock } from '#base/env/clock'
import { seededRandom } from '#base/env/random'
import { checkRecordedRun } from '../check-recorded-run.ts'
import { startHost } from '../host/host-process.ts'
import { RecordedRun } from '../recorded-run.ts'
import type { Figures, Scenario } from '../scenario.ts'

const pausesPerRun = 3

export const pause: Scenario = {
  name: 'pause',
  summary: 'sqlite: SIGSTOP of the store’s process for seconds, leases running out meanwhile',
  missing: () => false,
  open: async () => ({ run: runOnce, [Symbol.asyncDispose]: async () => undefined }),
}

async function runOnce(seed: number, directory: string): Promise<Figures> {
  const random = seededRandom(seed)
  const run = new RecordedRun(seed)
  try {
    await using host = await startHost({ directory: join(directory, 'store') })
    const stop = new AbortController()
    const pausing = (async () => {
      for (let i = 0; i < pausesPerRun; i++) {
        await sleep(systemClock, random.float() * 300)
        host.process.kill('SIGSTOP')
        await sleep(systemClock, random.float() * 2500)
        host.process.kill('SIGCONT')
      }
      stop.abort()
    })()
    const leaseMs = 200 + random.float() * 1000
    await run.load([host.store], { clientCount: 4, callsPerClient: 5000, callsPerSecond: 400, leaseMs, stop: stop.signal })
    await pausing
    await host.stop()
    checkRecordedRun(run)
    return { pauses: pausesPerRun, ...run.figures() }
  } finally {
    run.save(directory)
  }
}
