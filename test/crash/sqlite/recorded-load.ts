/** A store at work with the shim recording what it does to its files, and a witness of everything that it said. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Random, seededRandom } from '#base/env/random'
import type { DiskModel } from '../disk/disk-model.ts'
import { type DiskOperation, decodeTrace } from '../disk/trace.ts'
import { type HostedStore, startHost } from '../host/host-process.ts'
import { readFiles } from '../place.ts'
import type { FaultFile } from '../shim/faults.ts'
import { runLoad } from './load.ts'
import { randomFault } from './random-fault.ts'
import type { Witness } from './witness.ts'

/** What is recorded. */
export type RecordedLoad = {
  readonly shim: string
  /** The store's directory, at or below the root. */
  readonly store: string
  /** Everything below it is recorded. It may hold an earlier state. */
  readonly root: string
  /** For the record and what belongs to it. */
  readonly directory: string
  readonly faults: FaultFile
  readonly failsCalls: boolean
  readonly acknowledgesEarly: boolean
  readonly startCount: number
  readonly operationsPerClientMax: number
  readonly random: Random
  /** Takes everything that happens. */
  readonly witness: Witness
}

/** Small, so that most of a record is about data. */
export const reserveBytes = 16 * 1024

/** Starts the store several times, each with what the one before has left, and loads it. Gives all that was done to the files. */
export async function recordLoad(load: RecordedLoad): Promise<readonly DiskOperation[]> {
  const { store, root, directory, random, startCount, acknowledgesEarly } = load
  const trace = join(directory, 'trace')
  const environment = {
    LD_PRELOAD: load.shim,
    CRASH_ROOT: root,
    CRASH_TRACE: trace,
    CRASH_MARKS: join(directory, 'marks'),
    CRASH_FAULTS: load.faults.path,
  }
  for (let start = 0; start < startCount; start++) {
    await using host = await startHost({ directory: store, reserveBytes, acknowledgesEarly }, environment)
    await loadWitnessed(host, load)
    if (start < startCount - 1 && random.float() < 0.5) await host.kill()
    else await host.stop()
  }
  return decodeTrace(readFileSync(trace))
}

/** Shows that the record is complete: replayed, it gives the files that are there. */
export function assertComplete(operations: readonly DiskOperation[], model: DiskModel, root: string): void {
  for (const operation of operations) model.apply(operation)
  const replayed = model.current().files
  const actual = readFiles(root)
  assert.deepEqual([...replayed.keys()].sort(), [...actual.keys()].sort(), 'the record knows other files than there are')
  for (const [path, bytes] of actual) {
    assert.ok(Buffer.from(bytes).equals(replayed.get(path) ?? new Uint8Array()), `the record of ${path} is not complete`)
  }
}

async function loadWitnessed(
  { store }: HostedStore,
  { witness, random, faults, failsCalls, operationsPerClientMax }: RecordedLoad,
): Promise<void> {
  const watch = store.watch({ prefix: '', afterRevision: Math.max(1, witness.revision) })
  const witnessed = witness.follow(watch)
  // It is awaited below; until then the failure of the load is the one to tell of.
  witnessed.catch(() => undefined)
  if (failsCalls) faults.inject(randomFault(random, 400))
  await runLoad(store, {
    random: seededRandom(Math.floor(random.float() * 2 ** 32)),
    clientCount: 1 + Math.floor(random.float() * 6),
    operationsPerClient: Math.floor(random.float() * operationsPerClientMax),
    onFailure: failsCalls ? () => undefined : undefined,
  })
  faults.lift()
  // What the watch has not delivered yet comes before the progress note.
  const revision = await store.currentRevision()
  while (witness.revision < revision) {
    watch.requestProgress()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await watch.return?.()
  await witnessed
}
