/**
 * Power cuts: a store is loaded with the shim recording what it does to its files; then, for many moments of the record and for many
 * fates of what was not synced by then, the files are rebuilt as the disk could have had them, and a store is opened on each.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { type Random, seededRandom } from '#base/env/random'
import { VirtualClock } from '#base/env/virtual-clock'
import { openSqliteStore } from '#store/sqlite/sqlite-store'
import { missingPrograms } from '../../e2e/requirements.ts'
import { type DiskImage, DiskModel } from '../disk/disk-model.ts'
import { type Fate, sampleFate } from '../disk/fate.ts'
import { type DiskOperation, decodeTrace } from '../disk/trace.ts'
import { type HostedStore, startHost } from '../host/host-process.ts'
import { readFiles, writeImage } from '../place.ts'
import type { Figures, Scenario, ScenarioRunner } from '../scenario.ts'
import { compileShim } from '../shim/compile-shim.ts'
import { FaultFile, type Lie } from '../shim/faults.ts'
import { AcknowledgementLog } from './acknowledgement.ts'
import { runLoad } from './load.ts'
import { randomFault } from './random-fault.ts'
import { checkRecovered, Witness } from './witness.ts'

/** What is tried, and how the harness itself is put to the test. */
export type PowerCutOptions = {
  readonly name: string
  readonly summary: string
  /** Syncs that are skipped: with these the harness must find a loss. */
  readonly lies?: readonly Lie[]
  readonly acknowledgesEarly?: boolean
  /** Calls fail now and then, and the process is started anew: what failed to be synced may never reach the disk. */
  readonly failsCalls?: boolean
}

const statesPerRun = 24
/** Small, so that most of a record is about data. */
const reserveBytes = 16 * 1024
/** Starts of the store in one record: each begins with what the one before has left. */
const startsPerRun = 3

export function powerCutScenario(options: PowerCutOptions): Scenario {
  return {
    name: options.name,
    summary: options.summary,
    missing: () => missingPrograms('cc'),
    open: async (directory) => new PowerCutRunner(options, directory),
  }
}

type Recorded = {
  readonly operations: readonly DiskOperation[]
  readonly witness: Witness
  /** The store's directory, relative to the root. */
  readonly store: string
}

class PowerCutRunner implements ScenarioRunner {
  readonly #options: PowerCutOptions
  readonly #shim: string

  constructor(options: PowerCutOptions, directory: string) {
    this.#options = options
    this.#shim = compileShim(directory)
  }

  async run(seed: number, directory: string): Promise<Figures> {
    const { operations, witness, store } = await this.#record(seed, directory)
    const random = seededRandom(~seed)
    const isExact = this.#options.failsCalls !== true
    const cuts = Array.from({ length: statesPerRun }, () => chooseCut(operations, random)).sort((a, b) => a - b)
    const model = new DiskModel(join(directory, 'root'))
    const acknowledged = new AcknowledgementLog()
    for (const cut of cuts) {
      for (const operation of operations.slice(model.place, cut)) {
        model.apply(operation)
        if (operation.type === 'mark') acknowledged.take(operation.text)
      }
      const fate = sampleFate(random, cut)
      const image = model.survive(fate.contents, fate.names)
      await checkImage(image, { witness, store, acknowledged: acknowledged.current(), isExact, cut, fate, directory })
    }
    return { states: cuts.length, operations: operations.length, revisions: witness.revision }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Loads a store, and shows that the record is complete: replayed, it gives the files that are there. */
  async #record(seed: number, directory: string): Promise<Recorded> {
    const { lies, acknowledgesEarly, failsCalls = false } = this.#options
    const root = join(directory, 'root')
    mkdirSync(root)
    const random = seededRandom(seed)
    using faults = new FaultFile(join(directory, 'faults'), lies)
    const environment = {
      LD_PRELOAD: this.#shim,
      CRASH_ROOT: root,
      CRASH_TRACE: join(directory, 'trace'),
      CRASH_MARKS: join(directory, 'marks'),
      CRASH_FAULTS: faults.path,
    }
    const witness = new Witness()
    // The root has been there for long; a directory below it is the store's own to make, and to keep.
    const store = random.float() < 0.25 ? join(root, 'made/by/the/store') : root
    for (let start = 0; start < startsPerRun; start++) {
      await using host = await startHost({ directory: store, reserveBytes, acknowledgesEarly }, environment)
      await loadWitnessed(host, witness, random, failsCalls ? faults : undefined)
      if (start < startsPerRun - 1 && random.float() < 0.5) await host.kill()
      else await host.stop()
    }
    assertSameFiles(replayed(root, join(directory, 'trace')), readFiles(root))
    return { operations: decodeTrace(readFileSync(join(directory, 'trace'))), witness, store: relative(root, store) }
  }
}

async function loadWitnessed(host: HostedStore, witness: Witness, random: Random, faults: FaultFile | undefined): Promise<void> {
  const { store } = host
  const watch = store.watch({ prefix: '', afterRevision: witness.revision === 0 ? 1 : witness.revision })
  const witnessed = witness.follow(watch)
  // It is awaited below; until then the failure of the load is the one to tell of.
  witnessed.catch(() => undefined)
  if (faults !== undefined) faults.inject(randomFault(random, 400))
  await runLoad(store, {
    random: seededRandom(Math.floor(random.float() * 2 ** 32)),
    clientCount: 1 + Math.floor(random.float() * 6),
    operationsPerClient: Math.floor(random.float() * 220),
    onFailure: faults === undefined ? undefined : () => undefined,
  })
  faults?.lift()
  // What the watch has not delivered yet comes before the progress note.
  const revision = await store.currentRevision()
  while (witness.revision < revision) {
    watch.requestProgress()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await watch.return?.()
  await witnessed
}

function replayed(root: string, trace: string): ReadonlyMap<string, Uint8Array> {
  const model = new DiskModel(root)
  for (const operation of decodeTrace(readFileSync(trace))) model.apply(operation)
  return model.current().files
}

function assertSameFiles(replay: ReadonlyMap<string, Uint8Array>, actual: ReadonlyMap<string, Uint8Array>): void {
  assert.deepEqual([...replay.keys()].sort(), [...actual.keys()].sort(), 'the record knows other files than there are')
  for (const [path, bytes] of actual) {
    assert.ok(Buffer.from(bytes).equals(replay.get(path) ?? new Uint8Array()), `the record of ${path} is not complete`)
  }
}

/** Half of the cuts fall right around an acknowledgement or a sync, where mistakes are made. */
function chooseCut(operations: readonly DiskOperation[], random: Random): number {
  const anywhere = () => 1 + Math.floor(random.float() * operations.length)
  if (random.float() < 0.5) return anywhere()
  const start = anywhere()
  const near = operations.findIndex(({ type }, place) => place >= start && type !== 'write')
  return near < 0 ? operations.length : near + (random.float() < 0.5 ? 0 : 1)
}

type ImageCheck = {
  readonly witness: Witness
  readonly store: string
  readonly acknowledged: Parameters<typeof checkRecovered>[2]
  readonly isExact: boolean
  readonly cut: number
  readonly fate: Fate
  readonly directory: string
}

async function checkImage(
  image: DiskImage,
  { witness, store: path, acknowledged, isExact, cut, fate, directory }: ImageCheck,
): Promise<void> {
  // In memory where there is such a place: nothing more is to be lost here.
  const place = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'navarch-crash-state-'))
  try {
    writeImage(image, place)
    await using store = await openSqliteStore({ clock: new VirtualClock(), directory: join(place, path), reserveBytes })
    await checkRecovered(store, witness, acknowledged, { isExact })
  } catch (error) {
    writeImage(image, join(directory, 'state'))
    throw new Error(`cut after operation ${cut}, ${fate.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  } finally {
    rmSync(place, { recursive: true })
  }
}
