/** One reader's watch. It begins when it is first read, catches up with the feed that all share, and from then on queues what comes. */
import type { Clock } from '#base/env/clock'
import type { WatchLimits } from '../embedded/embedded-watch.ts'
import type { Subscriber } from '../embedded/watch-hub.ts'
import type { Watch, WatchBatch, WatchRequest } from '../store.ts'
import { WatchQueue } from './watch-queue.ts'

/** What a watch reads from. */
export interface WatchOrigin {
  /** A linearizable read, shared with others. */
  currentRevision(): Promise<number>
  /** Brings the watch to the present and subscribes it; resolves then. */
  join(watch: EtcdWatch, afterRevision: number): Promise<void>
  /** Resolves when everything up to the revision has been delivered, with the revision of the last delivered. */
  reached(revision: number): Promise<number>
  /** The revision of the last delivered. */
  readonly deliveredRevision: number
  leave(watch: EtcdWatch): void
}

interface WatchDeps {
  readonly origin: WatchOrigin
  readonly clock: Clock
  readonly limits: WatchLimits
}

export class EtcdWatch implements Watch, Subscriber {
  readonly prefix: string
  readonly #deps: WatchDeps
  readonly #request: WatchRequest
  readonly #signal: AbortSignal | undefined
  readonly #stop = new AbortController()
  readonly #queue: WatchQueue
  /** Asked for when the watch was made; undefined if the request names the start. */
  readonly #now: Promise<number> | undefined
  #phase: 'unread' | 'joining' | 'live' = 'unread'
  #progressTimer: Disposable | undefined
  #isQuiet = true

  constructor(deps: WatchDeps, request: WatchRequest, signal: AbortSignal | undefined) {
    this.#deps = deps
    this.#request = request
    this.#signal = signal
    this.prefix = request.prefix
    this.#queue = new WatchQueue(request.prefix, deps.limits)
    if (signal?.aborted === true) {
      this.#queue.end()
      return
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (request.afterRevision !== undefined) return
    this.#now = deps.origin.currentRevision()
    // Its failure is the first reader's.
    this.#now.catch(() => undefined)
  }

  /** Aborted when the watch has ended for whatever reason. */
  get ended(): AbortSignal {
    return this.#stop.signal
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<WatchBatch, undefined>> {
    if (this.#phase === 'unread' && !this.#queue.isEnded) void this.#begin()
    return this.#queue.next()
  }

  async return(): Promise<IteratorResult<WatchBatch, undefined>> {
    this.end()
    return { done: true, value: undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
  }

  requestProgress(): void {
    if (this.#phase === 'live') void this.#tellProgress()
  }

  deliver(batch: WatchBatch, bytes: number): void {
    this.#isQuiet = false
    this.#queue.push(batch, bytes)
    if (this.#queue.isEnded) this.#leave()
  }

  /** As `deliver`; resolves when the reader wants more. */
  async offer(batch: WatchBatch): Promise<void> {
    this.deliver(batch, 0)
    await this.#queue.drained()
  }

  /** Ends it with an error for its reader. What is unread is dropped. */
  fail(error: unknown): void {
    this.#queue.fail(error)
    this.#leave()
  }

  end(): void {
    this.#queue.end()
    this.#leave()
  }

  async #begin(): Promise<void> {
    this.#phase = 'joining'
    const { origin } = this.#deps
    try {
      await origin.join(this, this.#request.afterRevision ?? (await this.#now) ?? 0)
      if (this.#queue.isEnded) return
      this.#phase = 'live'
      this.#armProgress()
    } catch (error) {
      this.fail(error)
    }
  }

  async #tellProgress(): Promise<void> {
    const { origin } = this.#deps
    try {
      const revision = await origin.reached(await origin.currentRevision())
      if (!this.#queue.isEnded) this.deliver({ events: [], revision }, 0)
    } catch {
      // etcd does not answer: there is no progress to tell, and whoever asked has a deadline of his own.
    }
  }

  readonly #onAbort = (): void => this.end()

  #leave(): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort()
    this.#progressTimer?.[Symbol.dispose]()
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#deps.origin.leave(this)
  }

  #armProgress(): void {
    const { progressIntervalMs } = this.#request
    if (progressIntervalMs === undefined || this.#queue.isEnded) return
    this.#isQuiet = true
    const { clock, origin } = this.#deps
    this.#progressTimer = clock.setTimer(progressIntervalMs, () => {
      if (this.#isQuiet) this.deliver({ events: [], revision: origin.deliveredRevision }, 0)
      this.#armProgress()
    })
  }
}
