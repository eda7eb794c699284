/** A store whose keys below one root are kept below another: what `--etcd-prefix` asks for. Keys beside the root stay as they are. */
import type {
  Entry,
  KeyRange,
  Lease,
  RangeRequest,
  RangeResult,
  Store,
  StoreEvent,
  StoreStatus,
  Txn,
  TxnResult,
  Watch,
  WatchBatch,
  WatchRequest,
} from './store.ts'

/** Roots have no slash at their end: `/registry`. Closing it closes the store. */
export function rerootedStore(store: Store, root: string, keptRoot: string): Store {
  return new RerootedStore(store, { outer: root, inner: keptRoot })
}

type Roots = { readonly outer: string; readonly inner: string }

class RerootedStore implements Store {
  readonly #store: Store
  readonly #roots: Roots

  constructor(store: Store, roots: Roots) {
    this.#store = store
    this.#roots = roots
  }

  async get(key: string, signal?: AbortSignal): Promise<Entry | undefined> {
    const entry = await this.#store.get(this.#in(key), signal)
    return entry && this.#out(entry)
  }

  async range(request: RangeRequest, signal?: AbortSignal): Promise<RangeResult> {
    const { afterKey } = request
    const result = await this.#store.range(
      { ...request, ...this.#rangeIn(request), ...(afterKey !== undefined && { afterKey: this.#in(afterKey) }) },
      signal,
    )
    return { ...result, entries: result.entries.map((entry) => this.#out(entry)) }
  }

  count(range: KeyRange, signal?: AbortSignal): Promise<number> {
    return this.#store.count(this.#rangeIn(range), signal)
  }

  async txn({ compares, operations }: Txn, signal?: AbortSignal): Promise<TxnResult> {
    const inner = {
      compares: compares.map((compare) => ({ ...compare, key: this.#in(compare.key) })),
      operations: operations.map((operation) => ({ ...operation, key: this.#in(operation.key) })),
    }
    const result = await this.#store.txn(inner, signal)
    const out = (entry: Entry | undefined) => entry && this.#out(entry)
    return result.succeeded ? { ...result, previous: result.previous.map(out) } : { ...result, current: result.current.map(out) }
  }

  watch(request: WatchRequest, signal?: AbortSignal): Watch {
    const watch = this.#store.watch({ ...request, prefix: this.#in(request.prefix) }, signal)
    const batchOut = ({ events, revision }: WatchBatch): WatchBatch => ({ events: events.map((event) => this.#eventOut(event)), revision })
    const resultOut = (result: IteratorResult<WatchBatch, undefined>): IteratorResult<WatchBatch, undefined> =>
      result.done === true ? result : { done: false, value: batchOut(result.value) }
    const outer: Watch = {
      next: async () => resultOut(await watch.next()),
      return: async () => {
        await watch.return?.()
        return { done: true, value: undefined }
      },
      requestProgress: () => watch.requestProgress(),
      [Symbol.asyncIterator]: () => outer,
      [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
    }
    return outer
  }

  currentRevision(signal?: AbortSignal): Promise<number> {
    return this.#store.currentRevision(signal)
  }

  compact(revision: number, signal?: AbortSignal): Promise<void> {
    return this.#store.compact(revision, signal)
  }

  grantLease(ttlMs: number, signal?: AbortSignal): Promise<Lease> {
    return this.#store.grantLease(ttlMs, signal)
  }

  lease(id: string, signal?: AbortSignal): Promise<Lease | undefined> {
    return this.#store.lease(id, signal)
  }

  keepLeaseAlive(id: string, signal?: AbortSignal): Promise<Lease> {
    return this.#store.keepLeaseAlive(id, signal)
  }

  revokeLease(id: string, signal?: AbortSignal): Promise<void> {
    return this.#store.revokeLease(id, signal)
  }

  status(signal?: AbortSignal): Promise<StoreStatus> {
    return this.#store.status(signal)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #in(key: string): string {
    return moved(key, this.#roots.outer, this.#roots.inner)
  }

  #rangeIn(range: KeyRange): KeyRange {
    return 'prefix' in range ? { prefix: this.#in(range.prefix) } : { from: this.#in(range.from), to: this.#in(range.to) }
  }

  #out(entry: Entry): Entry {
    return { ...entry, key: moved(entry.key, this.#roots.inner, this.#roots.outer) }
  }

  #eventOut(event: StoreEvent): StoreEvent {
    const key = moved(event.key, this.#roots.inner, this.#roots.outer)
    const previous = event.previous && this.#out(event.previous)
    return event.type === 'put'
      ? { ...event, key, entry: this.#out(event.entry), ...(previous && { previous }) }
      : { ...event, key, previous: this.#out(event.previous) }
  }
}

function moved(key: string, from: string, to: string): string {
  return key.startsWith(`${from}/`) ? to + key.slice(from.length) : key
}
