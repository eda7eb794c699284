/**
 * A full disk: writes are refused with a named error, reads go on, a store that is killed then starts on the full disk,
 * and as soon as there is room it goes on by itself.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { sleep, systemClock } from '#base/env/clock'
import { type Random, seededRandom } from '#base/env/random'
import { put, remove } from '#store/single-key'
import type { Store } from '#store/store'
import { StoreError } from '#store/store-error'
import { checkRecordedRun } from '../check-recorded-run.ts'
import { type HostedStore, startHost } from '../host/host-process.ts'
import { RecordedRun } from '../recorded-run.ts'
import type { Figures, Scenario } from '../scenario.ts'
import { goesOnWithin } from './goes-on.ts'
import { type LoopDisk, loopDiskMissing, mountLoopDisk } from './loop-disk.ts'

const diskBytes = 32 * 2 ** 20
const recoveryMsMax = 10_000
const refusedMsMax = 20_000

export const fullDisk: Scenario = {
  name: 'full-disk',
  summary: 'sqlite: a small disk that fills up, and has room again',
  missing: loopDiskMissing,
  open: async () => ({ run: runOnce, [Symbol.asyncDispose]: async () => undefined }),
}

async function runOnce(seed: number, directory: string): Promise<Figures> {
  const random = seededRandom(seed)
  const run = new RecordedRun(seed)
  using disk = mountLoopDisk(directory, diskBytes)
  const store = join(disk.path, 'store')
  try {
    let deleted = 0
    for (let start = 0; start < 2; start++) {
      await using host = await startHost({ directory: store })
      deleted += await loadAndFill(run, host, disk, random)
    }
    await startsWhileFull(run, store, disk)
    await using host = await startHost({ directory: store })
    await run.load([host.store], { clientCount: 2, callsPerClient: 10, leaseMs: 60_000 })
    await host.stop()
    checkRecordedRun(run, { compactsItself: true })
    return { deletesWhileFull: deleted, ...run.figures() }
  } finally {
    run.save(directory)
  }
}

/** Under load, the disk fills and gets room again; then the process is killed. Gives the deletes that went through meanwhile. */
async function loadAndFill(run: RecordedRun, host: HostedStore, disk: LoopDisk, random: Random): Promise<number> {
  const stop = new AbortController()
  const filling = fillAndFree(run.client(host.store), disk, random).finally(() => stop.abort())
  await run.load([host.store], { clientCount: 4, callsPerClient: 5000, callsPerSecond: 200, leaseMs: 2000, stop: stop.signal })
  const deleted = await filling
  await host.kill()
  run.restart('SIGKILL')
  return deleted
}

async function fillAndFree(store: Store, disk: LoopDisk, random: Random): Promise<number> {
  const doomed = '/doomed'
  await put(store, doomed, new Uint8Array(10))
  await sleep(systemClock, random.float() * 200)
  disk.fill(Math.floor(random.float() * 2 ** 20))
  await refusesWithin(store, refusedMsMax)
  assert.ok((await store.status()).degraded !== undefined, 'the status says that the disk is full')
  assert.ok((await store.range({ prefix: '' })).revision > 0, 'reads go on')
  const deleted = await remove(store, doomed).then(
    () => 1,
    () => 0,
  )
  await sleep(systemClock, random.float() * 200)
  disk.makeRoom()
  await goesOnWithin(store, recoveryMsMax)
  return deleted
}

/** Writes large values until one is refused, which has to be for lack of room. */
async function refusesWithin(store: Store, timeoutMs: number): Promise<void> {
  const deadlineMs = systemClock.monotonicMs() + timeoutMs
  for (let i = 0; systemClock.monotonicMs() < deadlineMs; i++) {
    try {
      await put(store, `/large/${i % 4}`, new Uint8Array(100_000).fill(i))
    } catch (error) {
      assert.ok(error instanceof StoreError && error.reason === 'StoreFull', `refused for lack of room, not with ${String(error)}`)
      return
    }
  }
  throw new Error('a full disk never refused a write')
}

/** A start on a full disk serves reads, and writes as soon as there is room. */
async function startsWhileFull(run: RecordedRun, directory: string, disk: LoopDisk): Promise<void> {
  disk.fill(0)
  await using host = await startHost({ directory })
  const store = run.client(host.store)
  assert.ok((await store.range({ prefix: '' })).revision > 0, 'reads go on after a start on a full disk')
  disk.makeRoom()
  await goesOnWithin(store, recoveryMsMax)
  await host.kill()
  run.restart('SIGKILL')
}
