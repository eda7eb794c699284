/**
 * A store in another process. When that process dies, calls under way fail with `LostAnswer`: whether they were made, nobody knows.
 * Afterwards every call fails with Unavailable, and surely was not made.
 */
import type { ChildProcess } from 'node:child_process'
import type {
  Entry,
  KeyRange,
  Lease,
  RangeRequest,
  RangeResult,
  Store,
  StoreStatus,
  Txn,
  TxnResult,
  Watch,
  WatchRequest,
} from '#store/store'
import { StoreError } from '#store/store-error'
import type { Call, Failure, FromHost, ToHost } from './message.ts'
import { RemoteWatch } from './remote-watch.ts'

/** The process ended, or the answer took too long, before it came. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer'
}

export class RemoteStore implements Store {
  readonly #child: ChildProcess
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #watches = new Map<number, RemoteWatch>()
  #nextId = 1
  #isGone = false

  /** Takes over a process that has opened its store. */
  constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (message: FromHost) => this.#take(message))
    child.on('disconnect', () => this.#lose())
  }

  get(key: string, signal?: AbortSignal): Promise<Entry | undefined> {
    return this.#call({ method: 'get', key }, signal)
  }

  range(request: RangeRequest, signal?: AbortSignal): Promise<RangeResult> {
    return this.#call({ method: 'range', request }, signal)
  }

  count(range: KeyRange, signal?: AbortSignal): Promise<number> {
    return this.#call({ method: 'count', range }, signal)
  }

  txn(txn: Txn, signal?: AbortSignal): Promise<TxnResult> {
    return this.#call({ method: 'txn', txn }, signal)
  }

  watch(request: WatchRequest, signal?: AbortSignal): Watch {
    const id = this.#nextId++
    const watch = new RemoteWatch({
      requestProgress: () => this.#send({ type: 'progress', id }),
      end: () => this.#send({ type: 'unwatch', id }),
    })
    if (this.#isGone) watch.finish(gone())
    else this.#send({ type: 'watch', id, request })
    this.#watches.set(id, watch)
    signal?.addEventListener('abort', () => void watch.return(), { once: true })
    return watch
  }

  currentRevision(signal?: AbortSignal): Promise<number> {
    return this.#call({ method: 'currentRevision' }, signal)
  }

  compact(revision: number, signal?: AbortSignal): Promise<void> {
    return this.#call({ method: 'compact', revision }, signal)
  }

  grantLease(ttlMs: number, signal?: AbortSignal): Promise<Lease> {
    return this.#call({ method: 'grantLease', ttlMs }, signal)
  }

  lease(id: string, signal?: AbortSignal): Promise<Lease | undefined> {
    return this.#call({ method: 'lease', id }, signal)
  }

  keepLeaseAlive(id: string, signal?: AbortSignal): Promise<Lease> {
    return this.#call({ method: 'keepLeaseAlive', id }, signal)
  }

  revokeLease(id: string, signal?: AbortSignal): Promise<void> {
    return this.#call({ method: 'revokeLease', id }, signal)
  }

  status(signal?: AbortSignal): Promise<StoreStatus> {
    return this.#call({ method: 'status' }, signal)
  }

  close(): Promise<void> {
    return this.#call({ method: 'close' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #call<T>(call: Call, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    if (this.#isGone) throw gone()
    const id = this.#nextId++
    const answer = Promise.withResolvers<unknown>()
    this.#calls.set(id, answer)
    this.#send({ type: 'call', id, call })
    // The other end runs the same method of the same interface.
    return (await answer.promise) as T
  }

  #send(message: ToHost): void {
    // A send to a process that has just died fails; its calls are settled when the channel closes.
    if (!this.#isGone) this.#child.send(message, () => undefined)
  }

  #take(message: FromHost): void {
    if (message.type === 'answer') this.#settled(message.id)?.resolve(message.value)
    if (message.type === 'failure') this.#settled(message.id)?.reject(errorOf(message.failure))
    if (message.type === 'batch') this.#watches.get(message.id)?.deliver(message.batch)
    if (message.type !== 'end') return
    this.#watches.get(message.id)?.finish(message.failure === undefined ? undefined : errorOf(message.failure))
    this.#watches.delete(message.id)
  }

  #settled(id: number): PromiseWithResolvers<unknown> | undefined {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    return call
  }

  #lose(): void {
    this.#isGone = true
    for (const call of this.#calls.values()) call.reject(new LostAnswer('the store’s process ended before it answered'))
    this.#calls.clear()
    for (const watch of this.#watches.values()) watch.finish(gone())
    this.#watches.clear()
  }
}

/** The failure that the other process told of. */
export function errorOf({ reason, message, oldestRevision, currentRevision }: Failure): Error {
  return reason === undefined ? new Error(message) : new StoreError(reason, message, { oldestRevision, currentRevision })
}

function gone(): StoreError {
  return new StoreError('Unavailable', 'the store’s process has ended')
}
