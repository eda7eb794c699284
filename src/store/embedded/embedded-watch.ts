/**
 * One reader's watch. It starts by reading history at the reader's pace, which costs nothing while the reader sleeps. Once it has caught up
 * it subscribes to the hub and queues what comes, up to a limit; a reader that leaves more unread is cut off with SlowWatcher.
 */
import type { Clock } from '#base/env/clock'
import type { Watch, WatchBatch, WatchRequest } from '../store.ts'
import { StoreError } from '../store-error.ts'
import type { VersionedState } from './versioned-state.ts'
import type { Subscriber, WatchHub } from './watch-hub.ts'

/** What a watch works with. */
export type WatchDeps = {
  readonly state: VersionedState
  readonly hub: WatchHub
  readonly clock: Clock
  readonly limits: WatchLimits
  /** Called once, when the watch has ended for whatever reason. */
  readonly onEnd: (watch: EmbeddedWatch) => void
}

/** How much a reader may leave unread. */
export type WatchLimits = { readonly queuedEventsMax: number; readonly queuedBytesMax: number }

type Waiter = { readonly resolve: (result: IteratorResult<WatchBatch, undefined>) => void; readonly reject: (error: unknown) => void }
type Queued = { readonly batch: WatchBatch; readonly bytes: number }
type Phase =
  | { readonly name: 'catching-up'; readonly revision: number }
  | { readonly name: 'live' }
  | { readonly name: 'failed'; readonly error: StoreError }
  | { readonly name: 'ended' }

/** Events read from history in one go. */
const catchUpBatchLength = 1000

export class EmbeddedWatch implements Watch, Subscriber {
  readonly prefix: string
  readonly #deps: WatchDeps
  readonly #signal: AbortSignal | undefined
  readonly #progressIntervalMs: number | undefined
  #phase: Phase
  #queue: Queued[] = []
  #queuedEvents = 0
  #queuedBytes = 0
  #waiter: Waiter | undefined
  #progressTimer: Disposable | undefined
  #isQuiet = true

  constructor(deps: WatchDeps, request: WatchRequest, signal: AbortSignal | undefined) {
    this.#deps = deps
    this.#signal = signal
    this.prefix = request.prefix
    this.#progressIntervalMs = request.progressIntervalMs
    this.#phase = { name: 'catching-up', revision: request.afterRevision ?? deps.state.revision }
    if (signal?.aborted === true) this.#end({ name: 'ended' })
    else signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<WatchBatch, undefined>> {
    if (this.#phase.name === 'catching-up') return this.#catchUp(this.#phase.revision)
    const queued = this.#queue.shift()
    if (queued !== undefined) return this.#take(queued)
    if (this.#phase.name === 'failed') return this.#throwOnce(this.#phase.error)
    if (this.#phase.name === 'ended') return finished
    if (this.#waiter !== undefined) throw new StoreError('Invalid', 'a watch has one reader')
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }

  async return(): Promise<IteratorResult<WatchBatch, undefined>> {
    this.#end({ name: 'ended' })
    return finished
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end({ name: 'ended' })
  }

  requestProgress(): void {
    if (this.#phase.name !== 'live') return
    this.deliver({ events: [], revision: this.#deps.state.revision }, 0)
  }

  deliver(batch: WatchBatch, bytes: number): void {
    this.#isQuiet = false
    if (this.#waiter !== undefined) {
      const { resolve } = this.#waiter
      this.#waiter = undefined
      resolve({ done: false, value: batch })
      return
    }
    if (batch.events.length === 0 && this.#queue.at(-1)?.batch.events.length === 0) this.#queue.pop()
    this.#queue.push({ batch, bytes })
    this.#queuedEvents += batch.events.length
    this.#queuedBytes += bytes
    const { queuedEventsMax, queuedBytesMax } = this.#deps.limits
    if (this.#queuedEvents > queuedEventsMax || this.#queuedBytes > queuedBytesMax) this.fail(slowWatcher(this.prefix))
  }

  /** Ends the watch with an error for its reader. What is unread is dropped. */
  fail(error: StoreError): void {
    this.#end({ name: 'failed', error })
  }

  #catchUp(revision: number): IteratorResult<WatchBatch, undefined> {
    const { state, hub } = this.#deps
    try {
      const batch = state.eventsAfter(revision, this.prefix, catchUpBatchLength)
      if (batch.revision < state.revision) {
        this.#phase = { name: 'catching-up', revision: batch.revision }
      } else {
        this.#phase = { name: 'live' }
        hub.add(this)
        this.#armProgress()
      }
      return { done: false, value: batch }
    } catch (error) {
      this.#end({ name: 'ended' })
      throw error
    }
  }

  #take({ batch, bytes }: Queued): IteratorResult<WatchBatch, undefined> {
    this.#queuedEvents -= batch.events.length
    this.#queuedBytes -= bytes
    return { done: false, value: batch }
  }

  #throwOnce(error: StoreError): never {
    this.#phase = { name: 'ended' }
    throw error
  }

  readonly #onAbort = (): void => this.#end({ name: 'ended' })

  #end(phase: Phase & { name: 'failed' | 'ended' }): void {
    if (this.#phase.name === 'failed' || this.#phase.name === 'ended') return
    this.#phase = phase
    this.#queue = []
    this.#deps.hub.remove(this)
    this.#progressTimer?.[Symbol.dispose]()
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#settleWaiter(phase)
    this.#deps.onEnd(this)
  }

  #settleWaiter(phase: Phase & { name: 'failed' | 'ended' }): void {
    const waiter = this.#waiter
    if (waiter === undefined) return
    this.#waiter = undefined
    if (phase.name === 'ended') return waiter.resolve(finished)
    this.#phase = { name: 'ended' }
    waiter.reject(phase.error)
  }

  #armProgress(): void {
    if (this.#progressIntervalMs === undefined) return
    this.#isQuiet = true
    this.#progressTimer = this.#deps.clock.setTimer(this.#progressIntervalMs, () => {
      if (this.#isQuiet) this.requestProgress()
      this.#armProgress()
    })
  }
}

const finished: IteratorReturnResult<undefined> = { done: true, value: undefined }

function slowWatcher(prefix: string): StoreError {
  return new StoreError(
    'SlowWatcher',
    `the watch of ${prefix} left too much unread and was cut off: open it again after the last revision seen`,
  )
}
