/** The parent's end of a watch in another process: batches queue until they are read. */
import type { Watch, WatchBatch } from '#store/store'

type Result = IteratorResult<WatchBatch, undefined>

/** What the watch asks its process to do. */
export type WatchControls = { readonly requestProgress: () => void; readonly end: () => void }

export class RemoteWatch implements Watch {
  readonly #controls: WatchControls
  #queue: WatchBatch[] = []
  #end: { readonly error: unknown } | undefined
  #waiter: PromiseWithResolvers<Result> | undefined

  constructor(controls: WatchControls) {
    this.#controls = controls
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<Result> {
    const batch = this.#queue.shift()
    if (batch !== undefined) return { done: false, value: batch }
    if (this.#end !== undefined) return this.#finish(this.#end)
    this.#waiter = Promise.withResolvers()
    return this.#waiter.promise
  }

  async return(): Promise<Result> {
    if (this.#end === undefined) this.#controls.end()
    this.finish(undefined)
    return { done: true, value: undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  requestProgress(): void {
    if (this.#end === undefined) this.#controls.requestProgress()
  }

  deliver(batch: WatchBatch): void {
    if (this.#end !== undefined) return
    if (this.#waiter === undefined) this.#queue.push(batch)
    else this.#settle((waiter) => waiter.resolve({ done: false, value: batch }))
  }

  /** The watch is over, with an error or quietly. What has come before can still be read. */
  finish(error: unknown): void {
    if (this.#end !== undefined) return
    this.#end = { error }
    this.#settle((waiter) => waiter.resolve(this.#finish({ error })))
  }

  #settle(settle: (waiter: PromiseWithResolvers<Result>) => void): void {
    const waiter = this.#waiter
    this.#waiter = undefined
    if (waiter !== undefined) settle(waiter)
  }

  async #finish({ error }: { readonly error: unknown }): Promise<Result> {
    this.#end = { error: undefined }
    if (error !== undefined) throw error
    return { done: true, value: undefined }
  }
}
