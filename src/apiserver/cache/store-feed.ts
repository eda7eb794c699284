/**
 * The one subscription on the store that all caches live on. It loads the state, follows every change,
 * and lets readers wait until a revision has arrived.
 */

import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Store, StoreEvent, WatchBatch } from '#store/store'
import { CacheEntry } from './cache-entry.ts'
import type { CacheEvent } from './event-ring.ts'
import { ResourceCache } from './resource-cache.ts'

export type StoreFeedDeps = { readonly store: Store; readonly clock: Clock; readonly log: Log }

export type StoreFeedOptions = {
  /** Others write to the store too, so a read has to ask it how far it is (etcd). */
  readonly isShared: boolean
  /** How many revisions of history are replayed at the start, so that watches from before a restart go on. */
  readonly replayedRevisions: number
}

const root = '/registry/'

export class StoreFeed {
  readonly #store: Store
  readonly #log: Log
  readonly #isShared: boolean
  readonly #caches = new Map<string, ResourceCache>()
  /** Holds what no cache has been asked for yet. */
  readonly #unclaimed: ResourceCache
  #waiting: { readonly revision: number; readonly resolve: () => void }[] = []
  #revision: number
  readonly #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()

  private constructor(deps: StoreFeedDeps, isShared: boolean, startRevision: number) {
    this.#store = deps.store
    this.#log = deps.log
    this.#isShared = isShared
    this.#revision = startRevision
    this.#unclaimed = new ResourceCache(root, startRevision)
  }

  /** Resolves when the caches hold the newest state. */
  static async open(deps: StoreFeedDeps, options: StoreFeedOptions): Promise<StoreFeed> {
    const { revision, compactRevision } = await deps.store.status()
    const startRevision = Math.max(compactRevision, revision - options.replayedRevisions, 1)
    const loaded = await deps.store.range({ prefix: root, atRevision: Math.min(startRevision, revision) })
    const feed = new StoreFeed(deps, options.isShared, loaded.revision)
    for (const { key, modRevision, value } of loaded.entries) feed.#cacheOfKey(key).load(new CacheEntry(key, modRevision, value))
    feed.#running = feed.#follow(loaded.revision)
    await feed.waitFor(revision)
    return feed
  }

  /** The caches hold the state of this revision. */
  get revision(): number {
    return this.#revision
  }

  /** The cache of a key prefix such as `/registry/pods/`. */
  cache(prefix: string): ResourceCache {
    let cache = this.#caches.get(prefix)
    if (cache === undefined) {
      cache = new ResourceCache(prefix, this.#unclaimed.oldestWatchable)
      cache.claim(this.#unclaimed)
      this.#caches.set(prefix, cache)
    }
    return cache
  }

  caches(): Iterable<ResourceCache> {
    return this.#caches.values()
  }

  /** Undefined if the caches hold every answered write already: embedded stores have one writer, which waits for them. */
  freshness(signal?: AbortSignal): Promise<void> | undefined {
    return this.#isShared ? this.#store.currentRevision(signal).then((revision) => this.waitFor(revision)) : undefined
  }

  /** Resolves when the caches have reached `revision`. */
  waitFor(revision: number): Promise<void> {
    if (this.#revision >= revision) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }))
  }

  /** Tells all watchers how far they are. */
  sendProgress(): void {
    for (const cache of this.#caches.values()) cache.progress(this.#revision)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #follow(afterRevision: number): Promise<void> {
    const watch = this.#store.watch({ prefix: root, afterRevision }, this.#stop.signal)
    watch.requestProgress()
    try {
      for await (const batch of watch) this.#take(batch)
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#log.error('the feed from the store broke', { error })
    }
    for (const cache of this.#caches.values()) cache.end()
  }

  #take(batch: WatchBatch): void {
    this.#revision = Math.max(this.#revision, batch.revision)
    for (const [cache, events] of this.#byCache(batch.events)) cache.apply(events)
    if (this.#waiting.length > 0) this.#wake()
  }

  #byCache(events: readonly StoreEvent[]): Map<ResourceCache, CacheEvent[]> {
    const byCache = new Map<ResourceCache, CacheEvent[]>()
    for (const event of events) {
      const cache = this.#cacheOfKey(event.key)
      const list = byCache.get(cache)
      const change = changeOf(event, cache)
      if (list === undefined) byCache.set(cache, [change])
      else list.push(change)
    }
    return byCache
  }

  #wake(): void {
    const reached = this.#waiting.filter(({ revision }) => revision <= this.#revision)
    this.#waiting = this.#waiting.filter(({ revision }) => revision > this.#revision)
    for (const { resolve } of reached) resolve()
  }

  /** Prefixes have one or two parts behind the root: `/registry/pods/`, `/registry/services/specs/`. */
  #cacheOfKey(key: string): ResourceCache {
    const first = key.indexOf('/', root.length) + 1
    const second = key.indexOf('/', first) + 1
    return this.#caches.get(key.slice(0, first)) ?? this.#caches.get(key.slice(0, second)) ?? this.#unclaimed
  }
}

function changeOf(event: StoreEvent, cache: ResourceCache): CacheEvent {
  const { key, revision } = event
  const previous = cache.get(key) ?? (event.previous && new CacheEntry(key, event.previous.modRevision, event.previous.value))
  return { revision, previous, entry: event.type === 'put' ? new CacheEntry(key, revision, event.entry.value) : undefined }
}
