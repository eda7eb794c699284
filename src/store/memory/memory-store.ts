/** A store that keeps its state in memory only: for tests, simulation and `--storage-backend=memory`. */
import type { Clock } from '#base/env/clock'
import { defaultStoreLimits, EmbeddedStore, type StoreLimits } from '../embedded/embedded-store.ts'
import type { Journal } from '../embedded/journal.ts'
import { LeaseTable } from '../embedded/lease-table.ts'
import { VersionedState } from '../embedded/versioned-state.ts'
import type { Store } from '../store.ts'

/** What a memory store needs. */
export type MemoryStoreOptions = { readonly clock: Clock; readonly limits?: Partial<StoreLimits> }

/** An empty store. It dies with the process. */
export function createMemoryStore({ clock, limits }: MemoryStoreOptions): Store {
  return new EmbeddedStore({
    clock,
    journal: forgetful,
    // As etcd: the first write gets revision 2.
    state: new VersionedState({ revision: 1, compactRevision: 0 }),
    leases: new LeaseTable(),
    nextLeaseNumber: 1,
    limits: { ...defaultStoreLimits, ...limits },
    gather: queueMicrotask,
  })
}

const forgetful: Journal = {
  commit: () => Promise.resolve(),
  probe: () => Promise.resolve(),
  shortage: () => undefined,
  verify: async () => [],
  sizeBytes: () => undefined,
  close: () => Promise.resolve(),
}
