/**
 * Load on a store, by seed: several clients at once that read, write, watch, compact and vanish, and one watch of everything whose events
 * are the run's log. What happens goes to the recorder. The run ends by itself and never fails: to judge is the checkers' part.
 *
 * A run begins with a store that is empty or that an earlier run of the same history has filled: then `logAfterRevision` is where that
 * run's log ended (`logEnd`), so that both logs join.
 */
import { type Clock, sleep } from '#base/env/clock'
import type { Random } from '#base/env/random'
import type { Store, Watch } from '../store.ts'
import { isStoreError } from '../store-error.ts'
import type { HistoryRecord } from './history.ts'
import type { Recorder } from './recorder.ts'
import { type Mix, WorkloadClient } from './workload-client.ts'

/** What is run, and with what. */
export type Workload = {
  /** Doors to the same data; the clients use them in turn. */
  readonly stores: readonly [Store, ...Store[]]
  readonly recorder: Recorder
  readonly clock: Clock
  readonly random: Random
  /** Lets time pass on the clock; called by the run alone, again and again. */
  readonly pass: (ms: number) => Promise<void>
  /** Makes the names of the clients, and so their values, unique in the history. */
  readonly session: string
  readonly clientCount: number
  readonly keyCount: number
  readonly callsPerClient: number
  readonly mix: Mix
  readonly leaseMs: number
  /** How fast each client calls; without it, as fast as answers come. */
  readonly callsPerSecond?: number
  readonly logAfterRevision?: number
  /** Ends the clients' work early; the run is then brought to its end as ever. */
  readonly stop?: AbortSignal
}

/** Mostly updates, as the objects of a cluster see; a little of everything else. */
export const kubernetesMix: Mix = {
  update: 40,
  create: 4,
  delete: 3,
  put: 2,
  txn: 4,
  get: 12,
  range: 4,
  pages: 4,
  count: 2,
  currentRevision: 2,
  listThenWatch: 5,
  watchFromOld: 4,
  compact: 1,
  putWithLease: 4,
  keepLeaseAlive: 3,
  revokeLease: 1,
  vanish: 0.5,
}

/** Objects that come and go, many transactions, much compaction: what loses deletes. */
export const churnMix: Mix = {
  create: 30,
  delete: 20,
  txn: 10,
  get: 5,
  pages: 6,
  count: 3,
  listThenWatch: 4,
  watchFromOld: 8,
  compact: 6,
  putWithLease: 8,
  keepLeaseAlive: 2,
  revokeLease: 4,
  vanish: 1,
}

const tickMs = 20
/** How many ticks the log is waited for at the end, without a step forward. */
const patienceTicks = 250
/** Failed calls in a row after which a client takes a breath. */
const failuresMax = 5

/** Runs the workload to its end. */
export async function runWorkload(workload: Workload): Promise<void> {
  const { recorder, stores, pass } = workload
  const over = new AbortController()
  const ticking = tick(pass, over.signal)
  const auditor = recorder.client(stores[0], `${workload.session}-auditor`)
  const log = new RunLog(auditor, workload.logAfterRevision)
  const background: Promise<unknown>[] = []
  const clients = clientsOf(workload, log, background)
  await log.open()
  const following = log.follow(workload.clock, over.signal)
  await Promise.all(clients.map((client) => work(client, workload)))
  await Promise.all(clients.map((client) => client.leave()))
  await Promise.allSettled(background)
  await finish(auditor, log, workload)
  await log.leave()
  over.abort()
  await Promise.allSettled([following, ticking])
}

/** The revision up to which the log of a history is complete: where the log of its next run begins. */
export function logEnd(history: readonly HistoryRecord[]): number | undefined {
  const logs = new Set<string>()
  let end: number | undefined
  for (const record of history) {
    if (record.type === 'watch' && record.client.endsWith('-auditor')) logs.add(record.id)
    if (record.type === 'batch' && logs.has(record.id)) end = Math.max(end ?? 0, record.revision)
  }
  return end
}

async function tick(pass: Workload['pass'], over: AbortSignal): Promise<void> {
  while (!over.aborted) await pass(tickMs)
}

function clientsOf(workload: Workload, log: RunLog, background: Promise<unknown>[]): WorkloadClient[] {
  const { recorder, stores, clock, random, mix, leaseMs, session } = workload
  const keys = Array.from({ length: workload.keyCount }, (_, i) => `/${folders[i % folders.length]}/k${i}`)
  return Array.from({ length: workload.clientCount }, (_, i) => {
    const name = `${session}-${i + 1}`
    const store = recorder.client(stores[i % stores.length] ?? stores[0], name)
    const logRevision = (): number => log.revision
    const keep = (work: Promise<unknown>): void => void background.push(work.catch(() => undefined))
    return new WorkloadClient({ store, name, clock, random, keys, mix, leaseMs, logRevision, background: keep })
  })
}

/** Two of them begin alike, so that a watch of one could take the other's for its own. */
const folders = ['pods', 'podsecurity', 'nodes']

async function work(client: WorkloadClient, { clock, callsPerClient, callsPerSecond, stop }: Workload): Promise<void> {
  let failures = 0
  for (let calls = 0; calls < callsPerClient && stop?.aborted !== true; calls++) {
    failures = (await client.act()) ? 0 : failures + 1
    if (callsPerSecond !== undefined) await sleep(clock, 1000 / callsPerSecond)
    else if (failures >= failuresMax || calls % breathEvery === 0) await sleep(clock, breathMs)
  }
}

/** Even a client that does not slow itself down lets the clock move at times. */
const breathEvery = 8
const breathMs = 40

/** Reads everything once more, and waits until the log has all that anyone was told. */
async function finish(auditor: Store, log: RunLog, { recorder, clock }: Workload): Promise<void> {
  try {
    await auditor.range({ prefix: '' })
    await auditor.count({ prefix: '' })
    const revision = await auditor.currentRevision()
    for (let ticks = 0; ticks < patienceTicks && log.revision < revision && log.isOpen; ticks++) {
      log.requestProgress()
      await sleep(clock, tickMs)
    }
    if (log.revision < revision && log.watch !== undefined) recorder.stuck(log.watch, revision)
  } catch {
    // The store is gone; what it answered until then is recorded.
  }
}

/** One watch of everything from the beginning, opened anew where it broke off. */
class RunLog {
  readonly #store: Store
  #watch: Watch | undefined
  #revision: number | undefined
  #isOpen = true

  constructor(store: Store, afterRevision: number | undefined) {
    this.#store = store
    this.#revision = afterRevision
  }

  /** Everything up to here is in the history. */
  get revision(): number {
    return this.#revision ?? 0
  }

  get watch(): Watch | undefined {
    return this.#watch
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  requestProgress(): void {
    this.#watch?.requestProgress()
  }

  /** Opens the watch; when this resolves, it misses nothing any more. */
  async open(): Promise<void> {
    try {
      this.#revision ??= await this.#store.currentRevision()
      this.#watch = this.#store.watch({ prefix: '', afterRevision: this.#revision })
    } catch {
      this.#isOpen = false
    }
  }

  /** Reads until it is left, or the store is closed. */
  async follow(clock: Clock, over: AbortSignal): Promise<void> {
    while (this.#isOpen && this.#watch !== undefined) {
      try {
        for await (const batch of this.#watch) this.#revision = batch.revision
        return
      } catch (error) {
        if (isStoreError(error, 'Closed') || isStoreError(error, 'Compacted')) break
        await sleep(clock, tickMs, over)
        this.#watch = this.#store.watch({ prefix: '', afterRevision: this.#revision })
      }
    }
    this.#isOpen = false
  }

  async leave(): Promise<void> {
    await this.#watch?.return?.()
  }
}
