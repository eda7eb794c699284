/**
 * The part of a store below a prefix, seen as a store of its own: keys are named without the prefix. Gives each claim its own room in a
 * store that several share. Revisions, compaction, leases and status remain those of the whole.
 */
import type { Entry, KeyRange, Operation, RangeRequest, Store, StoreEvent, TxnResult, Watch, WatchBatch } from '../store.ts'
import { storeBut, watchBut } from './store-but.ts'

/** A view of the store below the prefix; to close it closes the store. */
export function storeBelow(store: Store, prefix: string): Store {
  const outer = (key: string): string => prefix + key
  const inner = <E extends Entry | undefined>(entry: E): E => entry && { ...entry, key: entry.key.slice(prefix.length) }
  const outerRange = <R extends KeyRange>(range: R): R =>
    'prefix' in range ? { ...range, prefix: outer(range.prefix) } : { ...range, from: outer(range.from), to: outer(range.to) }
  return storeBut(store, {
    get: async (key, signal) => inner(await store.get(outer(key), signal)),
    async range(request: RangeRequest, signal) {
      const afterKey = request.afterKey === undefined ? undefined : outer(request.afterKey)
      const result = await store.range({ ...outerRange(request), afterKey }, signal)
      return { ...result, entries: result.entries.map(inner) }
    },
    count: (range, signal) => store.count(outerRange(range), signal),
    async txn({ compares, operations }, signal): Promise<TxnResult> {
      const result = await store.txn(
        {
          compares: compares.map((compare) => ({ ...compare, key: outer(compare.key) })),
          operations: operations.map((operation): Operation => ({ ...operation, key: outer(operation.key) })),
        },
        signal,
      )
      if (result.succeeded) return { ...result, previous: result.previous.map(inner) }
      return { ...result, current: result.current.map(inner) }
    },
    watch: (request, signal) => watchBelow(store.watch({ ...request, prefix: outer(request.prefix) }, signal), inner),
  })
}

type InnerEntry = <E extends Entry | undefined>(entry: E) => E

function watchBelow(watch: Watch, inner: InnerEntry): Watch {
  return watchBut(watch, {
    async next() {
      const result = await watch.next()
      return result.done === true ? result : { done: false, value: batchBelow(result.value, inner) }
    },
  })
}

function batchBelow({ events, revision }: WatchBatch, inner: InnerEntry): WatchBatch {
  return { revision, events: events.map((event) => eventBelow(event, inner)) }
}

function eventBelow(event: StoreEvent, inner: InnerEntry): StoreEvent {
  const previous = inner(event.previous)
  const { key } = inner(event.type === 'put' ? event.entry : event.previous)
  if (event.type === 'put') return { ...event, key, entry: inner(event.entry), previous }
  return previous === undefined ? event : { ...event, key, previous }
}
