/** Stores that are broken on purpose, in one way each: so that every claim of the contract is seen to fail on one of them. */
import type { VirtualClock } from '#base/env/virtual-clock'
import type { StoreLimits } from '../../embedded/embedded-store.ts'
import type { Store, Watch, WatchBatch } from '../../store.ts'
import { storeBut, watchBut } from '../store-but.ts'

/** Makes a store with a fault out of sound ones. */
export type Fault = (sound: SoundStore) => Store

/** Makes a sound memory store, with the contract's limits unless told otherwise. */
export type SoundStore = { readonly open: (limits?: Partial<StoreLimits>) => Store; readonly clock: VirtualClock }

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
