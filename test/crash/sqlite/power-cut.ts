/**
 * Power cuts: a store is loaded with the shim recording what it does to its files; then, for many moments of the record and for many
 * fates of what was not synced by then, the files are rebuilt as the disk could have had them, and a store is opened on each.
 * Now and then it is loaded and cut a second time on what a first cut has left.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Random, seededRandom } from '#base/env/random'
import { missingPrograms } from '../../e2e/requirements.ts'
import { type DiskImage, DiskModel } from '../disk/disk-model.ts'
import { everyFate, type Fate, sampleFate } from '../disk/fate.ts'
import type { DiskOperation } from '../disk/trace.ts'
import { writeImage } from '../place.ts'
import type { Figures, Scenario, ScenarioRunner } from '../scenario.ts'
import { compileShim } from '../shim/compile-shim.ts'
import { FaultFile, type Lie } from '../shim/faults.ts'
import { AcknowledgementLog } from './acknowledgement.ts'
import { checkImage } from './check-image.ts'
import { assertComplete, recordLoad } from './recorded-load.ts'
import { Witness } from './witness.ts'

/** What is tried, and how the harness itself is put to the test. */
export type PowerCutOptions = {
  readonly name: string
  readonly summary: string
  /** A short load, and after each single operation a cut with everything lost, everything kept, and one by chance. */
  readonly isExhaustive?: boolean
  /** Calls fail now and then, and the process is started anew: what failed to be synced may never reach the disk. */
  readonly failsCalls?: boolean
  /** Syncs that are skipped: with these the harness must find a loss. */
  readonly lies?: readonly Lie[]
  readonly acknowledgesEarly?: boolean
}

const statesPerRun = 24

export function powerCutScenario(options: PowerCutOptions): Scenario {
  return {
    name: options.name,
    summary: options.summary,
    missing: () => missingPrograms('cc'),
    open: async (directory) => new PowerCutRunner(options, directory),
  }
}

/** A disk with a store at work on it, up to some cut. */
type Session = {
  readonly directory: string
  /** The store's directory, relative to the root. */
  readonly store: string
  /** What is there at its beginning. */
  readonly image: DiskImage | undefined
  readonly witness: Witness
  readonly acknowledged: AcknowledgementLog
}

type SessionOutcome = {
  readonly figures: Figures
  /** What the last cut left, and the revision that a store came back with. */
  readonly last: { readonly image: DiskImage; readonly revision: number } | undefined
}

type Cut = { readonly place: number; readonly fate: Fate }

class PowerCutRunner implements ScenarioRunner {
  readonly #options: PowerCutOptions
  readonly #shim: string

  constructor(options: PowerCutOptions, directory: string) {
    this.#options = options
    this.#shim = compileShim(directory)
  }

  async run(seed: number, directory: string): Promise<Figures> {
    const random = seededRandom(seed)
    // The root has been there for long; a directory below it is the store's own to make, and to keep.
    const store = random.float() < 0.25 ? 'made/by/the/store' : ''
    const first: Session = { directory, store, image: undefined, witness: new Witness(), acknowledged: new AcknowledgementLog() }
    const outcome = await this.#session(first, random)
    const { last } = outcome
    if (last === undefined || this.#options.failsCalls === true || random.float() < 0.6) return outcome.figures
    first.witness.rewind(last.revision)
    const second: Session = { ...first, directory: join(directory, 'second'), image: last.image }
    mkdirSync(second.directory)
    const { figures } = await this.#session(second, random)
    return { ...figures, states: (figures['states'] ?? 0) + (outcome.figures['states'] ?? 0), secondCuts: 1 }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Records a load and checks many cuts of it. */
  async #session(session: Session, random: Random): Promise<SessionOutcome> {
    const { directory, store, image, witness, acknowledged } = session
    const root = join(directory, 'root')
    const operations = await this.#record(session, root, random)
    const model = new DiskModel(root, image)
    const isExact = this.#options.failsCalls !== true
    const cuts = this.#options.isExhaustive === true ? everyCut(operations, random) : sampleCuts(operations, random)
    let last: SessionOutcome['last']
    for (const { place, fate } of cuts) {
      for (const operation of operations.slice(model.place, place)) {
        model.apply(operation)
        if (operation.type === 'mark') acknowledged.take(operation.text)
      }
      const left = model.survive(fate.contents, fate.names)
      const story = `cut after operation ${place}, ${fate.name}`
      const revision = await checkImage(left, { witness, store, acknowledged: acknowledged.current(), isExact, story, directory })
      last = { image: left, revision }
    }
    rmSync(root, { recursive: true })
    return { figures: { states: cuts.length, operations: operations.length, revisions: witness.revision }, last }
  }

  async #record({ directory, store, image, witness }: Session, root: string, random: Random): Promise<readonly DiskOperation[]> {
    const { lies, failsCalls = false, acknowledgesEarly = false, isExhaustive = false } = this.#options
    using faults = new FaultFile(join(directory, 'faults'), lies)
    if (image === undefined) mkdirSync(root)
    else writeImage(image, root)
    const operations = await recordLoad({
      shim: this.#shim,
      store: join(root, store),
      root,
      directory,
      faults,
      failsCalls,
      acknowledgesEarly,
      random,
      witness,
      startCount: isExhaustive ? 2 : 3,
      operationsPerClientMax: isExhaustive ? 8 : 220,
    })
    assertComplete(operations, new DiskModel(root, image), root)
    return operations
  }
}

/** Half of the cuts fall right around an acknowledgement or a sync, where mistakes are made. */
function sampleCuts(operations: readonly DiskOperation[], random: Random): Cut[] {
  const anywhere = (): number => 1 + Math.floor(random.float() * operations.length)
  const place = (): number => {
    if (random.float() < 0.5) return anywhere()
    const start = anywhere()
    const near = operations.findIndex(({ type }, at) => at >= start && type !== 'write')
    return near < 0 ? operations.length : near + (random.float() < 0.5 ? 0 : 1)
  }
  const places = Array.from({ length: statesPerRun }, place).sort((a, b) => a - b)
  return places.map((at) => ({ place: at, fate: sampleFate(random, at) }))
}

function everyCut(operations: readonly DiskOperation[], random: Random): Cut[] {
  return operations.flatMap((_, at) => everyFate(random, at + 1).map((fate) => ({ place: at + 1, fate })))
}
