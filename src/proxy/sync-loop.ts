/** When to sync: at once after quiet, at most once a period under change, again and again, slower and slower, after a failure. */
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'

export type SyncLoopDeps = {
  readonly clock: Clock
  readonly log: Log
  readonly minSyncPeriodMs: number
  /** Brings the world up to date; may run again at any time. */
  readonly sync: () => Promise<void>
}

const retryMsMax = 30_000

export class SyncLoop {
  readonly #deps: SyncLoopDeps
  #wanted: PromiseWithResolvers<void> = Promise.withResolvers()
  #wantedSinceMs: number | undefined
  #lastSuccessMs: number | undefined

  constructor(deps: SyncLoopDeps) {
    this.#deps = deps
  }

  request(): void {
    this.#wantedSinceMs ??= this.#deps.clock.monotonicMs()
    this.#wanted.resolve()
  }

  /** When the last sync succeeded, in the clock's wall time; undefined before the first. */
  get lastSuccessMs(): number | undefined {
    return this.#lastSuccessMs
  }

  /** For how long a change has been waiting for a sync that succeeds; 0 while there is none. */
  get behindMs(): number {
    return this.#wantedSinceMs === undefined ? 0 : this.#deps.clock.monotonicMs() - this.#wantedSinceMs
  }

  /** Runs until the signal is aborted. The first sync needs no request. */
  async run(signal: AbortSignal): Promise<void> {
    this.request()
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    for (let failureCount = 0; !signal.aborted; ) {
      await Promise.race([this.#wanted.promise, aborted])
      if (signal.aborted) return
      failureCount = (await this.#attempt()) ? 0 : failureCount + 1
      const pauseMs = Math.min(this.#deps.minSyncPeriodMs * 2 ** failureCount, Math.max(retryMsMax, this.#deps.minSyncPeriodMs))
      await sleep(this.#deps.clock, pauseMs, signal).catch(() => {})
    }
  }

  async #attempt(): Promise<boolean> {
    const since = this.#wantedSinceMs
    this.#wanted = Promise.withResolvers()
    this.#wantedSinceMs = undefined
    try {
      await this.#deps.sync()
      this.#lastSuccessMs = this.#deps.clock.nowMs()
      return true
    } catch (error) {
      this.#deps.log.error('cannot sync the rules of services', { error })
      this.request()
      this.#wantedSinceMs = since
      return false
    }
  }
}
