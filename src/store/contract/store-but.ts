/** Stores and watches that do as another does, but for some methods. */
import type { Store, Watch } from '../store.ts'

/** The store, but for the methods given. */
export function storeBut(store: Store, changed: Partial<Store>): Store {
  return {
    get: (key, signal) => store.get(key, signal),
    range: (request, signal) => store.range(request, signal),
    count: (range, signal) => store.count(range, signal),
    txn: (txn, signal) => store.txn(txn, signal),
    watch: (request, signal) => store.watch(request, signal),
    currentRevision: (signal) => store.currentRevision(signal),
    compact: (revision, signal) => store.compact(revision, signal),
    grantLease: (ttlMs, signal) => store.grantLease(ttlMs, signal),
    lease: (id, signal) => store.lease(id, signal),
    keepLeaseAlive: (id, signal) => store.keepLeaseAlive(id, signal),
    revokeLease: (id, signal) => store.revokeLease(id, signal),
    status: (signal) => store.status(signal),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
    ...changed,
  }
}

/** The watch, but for the methods given. */
export function watchBut(watch: Watch, changed: Partial<Watch>): Watch {
  const other: Watch = {
    next: () => watch.next(),
    async return() {
      await watch[Symbol.asyncDispose]()
      return { done: true, value: undefined }
    },
    requestProgress: () => watch.requestProgress(),
    [Symbol.asyncIterator]: () => other,
    [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
    ...changed,
  }
  return other
}
