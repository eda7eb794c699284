/** Batches on their way to one reader. A reader that leaves too much unread is cut off with SlowWatcher. */
import type { WatchLimits } from '../embedded/embedded-watch.ts'
import type { WatchBatch } from '../store.ts'
import { StoreError } from '../store-error.ts'

type Result = IteratorResult<WatchBatch, undefined>
type Waiter = { readonly resolve: (result: Result) => void; readonly reject: (error: unknown) => void }
type Queued = { readonly batch: WatchBatch; readonly bytes: number }

export class WatchQueue {
  readonly #limits: WatchLimits
  readonly #prefix: string
  #queue: Queued[] = []
  #events = 0
  #bytes = 0
  #waiter: Waiter | undefined
  #end: { readonly error?: unknown } | undefined
  #drained: PromiseWithResolvers<void> | undefined

  constructor(prefix: string, limits: WatchLimits) {
    this.#prefix = prefix
    this.#limits = limits
  }

  get isEnded(): boolean {
    return this.#end !== undefined
  }

  async next(): Promise<Result> {
    const queued = this.#queue.shift()
    if (queued !== undefined) return this.#take(queued)
    if (this.#end !== undefined) return this.#finish(this.#end)
    if (this.#waiter !== undefined) throw new StoreError('Invalid', 'a watch has one reader')
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
      this.#drained?.resolve()
    })
  }

  /** `bytes`: the size of the values in the batch. */
  push(batch: WatchBatch, bytes: number): void {
    if (this.#end !== undefined) return
    if (this.#waiter !== undefined) {
      this.#takeWaiter()?.resolve({ done: false, value: batch })
      return
    }
    // Of two bookmarks in a row only the newer tells something.
    if (batch.events.length === 0 && this.#queue.at(-1)?.batch.events.length === 0) this.#queue.pop()
    this.#queue.push({ batch, bytes })
    this.#events += batch.events.length
    this.#bytes += bytes
    if (this.#events > this.#limits.queuedEventsMax || this.#bytes > this.#limits.queuedBytesMax) this.fail(slowWatcher(this.#prefix))
  }

  /** Resolves when the reader waits for more, or the queue has ended. */
  drained(): Promise<void> {
    if (this.#waiter !== undefined || this.#end !== undefined) return Promise.resolve()
    this.#drained = Promise.withResolvers()
    return this.#drained.promise
  }

  /** What is unread is dropped; the reader gets the error once. */
  fail(error: unknown): void {
    this.#close({ error })
  }

  /** What is unread is dropped. */
  end(): void {
    this.#close({})
  }

  #close(end: { readonly error?: unknown }): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#queue = []
    this.#drained?.resolve()
    const waiter = this.#takeWaiter()
    if (waiter === undefined) return
    if (!('error' in end)) return waiter.resolve(finished)
    this.#end = {}
    waiter.reject(end.error)
  }

  #take({ batch, bytes }: Queued): Result {
    this.#events -= batch.events.length
    this.#bytes -= bytes
    return { done: false, value: batch }
  }

  #finish(end: { readonly error?: unknown }): Result {
    this.#end = {}
    if ('error' in end) throw end.error
    return finished
  }

  #takeWaiter(): Waiter | undefined {
    const waiter = this.#waiter
    this.#waiter = undefined
    return waiter
  }
}

const finished: IteratorReturnResult<undefined> = { done: true, value: undefined }

function slowWatcher(prefix: string): StoreError {
  return new StoreError(
    'SlowWatcher',
    `the watch of ${prefix} left too much unread and was cut off: open it again after the last revision seen`,
  )
}
