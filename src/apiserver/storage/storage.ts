/** Where the objects of a resource are kept. One storage holds all of them, unless resources are told to lie in a store of their own. */
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Kind } from '#meta/kind'
import type { Store } from '#store/store'
import type { ResourceCache } from '../cache/resource-cache.ts'
import { StoreFeed } from '../cache/store-feed.ts'
import { LeasePool } from './lease-pool.ts'
import type { ValueFormat } from './value-format.ts'

/** A store, the caches that follow it, and how values are written there. Each storage counts its own revisions. */
export type Storage = {
  readonly store: Store
  readonly feed: StoreFeed
  readonly leases: LeasePool
  readonly format: ValueFormat
}

export type StorageOptions = {
  readonly format: ValueFormat
  /** Others write to the store too, so a read has to ask it how far it is (etcd). */
  readonly isShared: boolean
  /** How many revisions of history are replayed at the start, so that watches from before a restart go on. */
  readonly replayedRevisions: number
  /** Where the objects of the known kinds lie. */
  readonly prefixes: readonly string[]
  /** For how long a lease is given to further objects. */
  readonly leaseReuseMs: number
}

type Deps = { readonly store: Store; readonly clock: Clock; readonly log: Log }

/** Opens each store once, also where several resources share it. Resolves when the caches hold the newest state. */
export async function openStorages(
  { store, overrides, clock, log }: Deps & { readonly overrides: ReadonlyMap<string, Store> },
  options: StorageOptions,
): Promise<Storages> {
  const opened = new Map<Store, Promise<Storage>>()
  const storageOf = (one: Store): Promise<Storage> => {
    const opening = opened.get(one) ?? openStorage({ store: one, clock, log }, options)
    opened.set(one, opening)
    return opening
  }
  const main = await storageOf(store)
  const others = await Promise.all(Array.from(overrides, async ([resource, one]) => [resource, await storageOf(one)] as const))
  return new Storages(main, new Map(others))
}

/** Resolves when the caches hold the newest state. */
export async function openStorage({ store, clock, log }: Deps, options: StorageOptions): Promise<Storage> {
  const feed = await StoreFeed.open({ store, clock, log }, options)
  return { store, feed, leases: new LeasePool(store, clock, options.leaseReuseMs), format: options.format }
}

type Resource = { readonly group: string; readonly plural: string }

/** Which storage is whose. */
export class Storages {
  readonly main: Storage
  readonly #overrides: ReadonlyMap<string, Storage>

  /** The keys of `overrides` are GROUP/RESOURCE, with nothing before the slash for the core group. */
  constructor(main: Storage, overrides: ReadonlyMap<string, Storage> = new Map()) {
    this.main = main
    this.#overrides = overrides
  }

  of({ group, plural }: Resource): Storage {
    return this.#overrides.get(`${group}/${plural}`) ?? this.main
  }

  /** For who follows a kind without reading it through the registry. */
  cacheOf(kind: Kind): ResourceCache {
    return this.of(kind).feed.cache(kind.storePrefix)
  }

  /** Each store once, also where several resources share it. */
  all(): readonly Storage[] {
    return [...new Set([this.main, ...this.#overrides.values()])]
  }
}
