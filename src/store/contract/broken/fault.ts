/** Stores that are broken on purpose, in one way each: so that every claim of the contract is seen to fail on one of them. */
import type { VirtualClock } from '#base/env/virtual-clock'
import type { StoreLimits } from '../../embedded/embedded-store.ts'
import type { Store, Watch, WatchBatch } from '../../store.ts'

/** Makes a store with a fault out of sound ones. */
export type Fault = (sound: SoundStore) => Store

/** Makes a sound memory store, with the contract's limits unless told otherwise. */
export type SoundStore = { readonly open: (limits?: Partial<StoreLimits>) => Store; readonly clock: VirtualClock }

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

/** The fault of a store that does some things otherwise. */
export function fault(change: (store: Store) => Partial<Store>): Fault {
  return ({ open }) => {
    const store = open()
    return storeBut(store, change(store))
  }
}

/** The fault of a store whose watches deliver other batches: for each sound batch those given, for each watch anew. */
export function watchFault(changerOf: () => (batch: WatchBatch) => readonly WatchBatch[]): Fault {
  return fault((store) => ({ watch: (request, signal) => changedWatch(store.watch(request, signal), changerOf()) }))
}

/** A watch that delivers, for each batch of the other, the batches given. */
export function changedWatch(watch: Watch, change: (batch: WatchBatch) => readonly WatchBatch[]): Watch {
  const ready: WatchBatch[] = []
  return watchBut(watch, {
    async next() {
      for (;;) {
        const value = ready.shift()
        if (value !== undefined) return { done: false, value }
        const result = await watch.next()
        if (result.done === true) return result
        ready.push(...change(result.value))
      }
    },
  })
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
