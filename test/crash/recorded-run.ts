/** A history in the making: workloads run on one store after the other, or on several at once, and what they saw is checked at the end. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sleep, systemClock } from '#base/env/clock'
import { type Random, seededRandom } from '#base/env/random'
import { type HistoryRecord, writeRecord } from '#store/history/history'
import { Recorder } from '#store/history/recorder'
import { churnMix, kubernetesMix, logEnd, runWorkload } from '#store/history/workload'
import type { Store } from '#store/store'
import type { Figures } from './scenario.ts'

/** How much one part of a run does. */
export type Part = {
  readonly clientCount: number
  readonly callsPerClient: number
  readonly callsPerSecond?: number
  readonly leaseMs: number
  readonly stop?: AbortSignal
}

const keyCount = 12

export class RecordedRun {
  readonly history: HistoryRecord[] = []
  readonly #random: Random
  readonly #mix: typeof kubernetesMix
  #partCount = 0
  #ownCount = 0
  #onRecord: () => void = () => undefined

  /** Draws from a stream of its own: how far the load has come when a fault is chosen must not change the choice. */
  constructor(seed: number) {
    this.#random = seededRandom(~seed)
    this.#mix = this.#random.float() < 0.5 ? kubernetesMix : churnMix
  }

  /** Called after each record from now on. */
  set onRecord(listener: () => void) {
    this.#onRecord = listener
  }

  /** The store as a client of its own sees it, for what a scenario does besides the load. */
  client(store: Store): Store {
    return this.#recorder(`own${++this.#ownCount}`).client(store, `own${this.#ownCount}`)
  }

  /** Runs clients on the stores until they are done or stopped. */
  async load(stores: readonly [Store, ...Store[]], part: Part): Promise<void> {
    const session = `s${++this.#partCount}`
    await runWorkload({
      ...part,
      stores,
      session,
      recorder: this.#recorder(session),
      clock: systemClock,
      random: this.#random,
      pass: (ms) => sleep(systemClock, ms),
      keyCount,
      mix: this.#mix,
      logAfterRevision: logEnd(this.history),
    })
  }

  /** Notes that the store was stopped or killed. */
  restart(why: string): void {
    this.#note({ type: 'restart', atMs: systemClock.monotonicMs(), why })
  }

  /** The longest time since then in which no write was acknowledged. */
  longestSilenceMs(sinceMs: number): number {
    let longestMs = 0
    let lastMs = sinceMs
    for (const record of this.history) {
      if (record.type !== 'answer' || record.answer.op !== 'txn' || record.atMs < sinceMs) continue
      longestMs = Math.max(longestMs, record.atMs - lastMs)
      lastMs = record.atMs
    }
    return Math.round(longestMs)
  }

  /** Writes the history down. */
  save(directory: string): void {
    writeFileSync(join(directory, 'history.jsonl'), this.history.map(writeRecord).join(''))
  }

  figures(): Figures {
    const count = (type: HistoryRecord['type']) => this.history.filter((record) => record.type === type).length
    return { calls: count('invoke'), answered: count('answer'), unknown: count('unknown'), watches: count('watch') }
  }

  #recorder(session: string): Recorder {
    return new Recorder({ clock: systemClock, session, note: (record) => this.#note(record) })
  }

  #note(record: HistoryRecord): void {
    this.history.push(record)
    this.#onRecord()
  }
}
