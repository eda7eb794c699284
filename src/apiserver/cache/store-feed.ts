/**
 * The one subscription on a store that its caches live on. It loads the state, follows every change, lets readers wait until
 * a revision has arrived, and begins anew where the store could not go on.
 */

import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Store, StoreEvent, Watch, WatchBatch } from '#store/store'
import { isStoreError } from '#store/store-error'
import type { ValueFormat } from '../storage/value-format.ts'
import { CacheEntry, type EntryOrigin } from './cache-entry.ts'
import type { CacheEvent } from './event-ring.ts'
import { RecentForms } from './recent-forms.ts'
import { ResourceCache } from './resource-cache.ts'

export type StoreFeedDeps = { readonly store: Store; readonly clock: Clock; readonly log: Log }

export type StoreFeedOptions = {
  readonly format: ValueFormat
  /** Others write to the store too, so a read has to ask it how far it is (etcd). */
  readonly isShared: boolean
  /** How many revisions of history are replayed at the start, so that watches from before a restart go on. */
  readonly replayedRevisions: number
  /** Of the resources whose caches will be asked for: their objects find their place at once. */
  readonly prefixes: readonly string[]
}

const root = '/registry/'

/** A write's event comes right behind its answer. What takes longer is asked for: nothing may have happened below the root. */
const progressAfterMs = 20
const retryMs = 1000

/** Of stored bytes whose decoded forms are kept: those take some five times as much. */
const recentBytesMax = 8 << 20

type Written = { readonly value: Uint8Array; readonly json: Uint8Array }
type Loaded = { readonly entries: readonly CacheEntry[]; readonly revision: number }

export class StoreFeed {
  readonly isShared: boolean
  /** For all entries of the store. */
  readonly recent: RecentForms
  readonly #deps: StoreFeedDeps
  readonly #origin: EntryOrigin
  readonly #caches = new Map<string, ResourceCache>()
  /** Holds what no cache has been asked for yet. */
  readonly #unclaimed: ResourceCache
  /** Writes of this server that are under way. */
  readonly #expected = new Map<string, Written>()
  #waiting: { readonly revision: number; readonly resolve: () => void }[] = []
  #revision: number
  #watch: Watch | undefined
  #progressTimer: Disposable | undefined
  readonly #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()

  private constructor(
    deps: StoreFeedDeps,
    isShared: boolean,
    origin: EntryOrigin & { readonly recent: RecentForms },
    startRevision: number,
  ) {
    this.#deps = deps
    this.isShared = isShared
    this.#origin = origin
    this.recent = origin.recent
    this.#revision = startRevision
    this.#unclaimed = new ResourceCache(root, startRevision)
  }

  /** Resolves when the caches hold the newest state. */
  static async open(deps: StoreFeedDeps, options: StoreFeedOptions): Promise<StoreFeed> {
    const revision = await deps.store.currentRevision()
    const origin = { format: options.format, recent: new RecentForms(recentBytesMax) }
    const loaded = await loadPast(deps.store, origin, Math.max(revision - options.replayedRevisions, 1))
    const feed = new StoreFeed(deps, options.isShared, origin, loaded.revision)
    for (const prefix of options.prefixes) feed.cache(prefix)
    for (const entry of loaded.entries) feed.cacheOfKey(entry.key).load(entry)
    feed.#running = feed.#run()
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

  /** Prefixes have one or two parts behind the root: `/registry/pods/`, `/registry/services/specs/`. */
  cacheOfKey(key: string): ResourceCache {
    const first = key.indexOf('/', root.length) + 1
    const second = key.indexOf('/', first) + 1
    return this.#caches.get(key.slice(0, first)) ?? this.#caches.get(key.slice(0, second)) ?? this.#unclaimed
  }

  /** Undefined if the caches hold every answered write already: embedded stores have one writer, which waits for them. */
  freshness(signal?: AbortSignal): Promise<void> | undefined {
    if (!this.isShared) return undefined
    return this.#deps.store.currentRevision(signal).then((revision) => this.waitFor(revision))
  }

  /** Resolves when the caches have reached `revision`. */
  waitFor(revision: number): Promise<void> {
    if (this.#revision >= revision) return Promise.resolve()
    this.#askForProgress()
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }))
  }

  /** What this server writes under the key now; its event needs no decoding then. Dispose of it when the write is over. */
  expect(key: string, value: Uint8Array, json: Uint8Array): Disposable {
    if (value === json) return nothing
    const written = { value, json }
    this.#expected.set(key, written)
    return {
      [Symbol.dispose]: () => {
        if (this.#expected.get(key) === written) this.#expected.delete(key)
      },
    }
  }

  /** Tells all watchers how far they are. */
  sendProgress(): void {
    for (const cache of this.#caches.values()) cache.progress(this.#revision)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#progressTimer?.[Symbol.dispose]()
    await this.#running
  }

  /** Follows the store until the feed is closed. */
  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.#follow()
      } catch (error) {
        if (signal.aborted || isStoreError(error, 'Closed')) break
        this.#deps.log.warn('the feed from the store broke: the state is loaded anew', { error })
        await this.#reload()
      }
    }
    for (const cache of this.#caches.values()) cache.end()
  }

  async #follow(): Promise<void> {
    const watch = this.#deps.store.watch({ prefix: root, afterRevision: this.#revision }, this.#stop.signal)
    this.#watch = watch
    watch.requestProgress()
    for await (const batch of watch) this.#take(batch)
  }

  /** Changes in between are lost: the caches' readers start anew, those of this process hear of the difference. */
  async #reload(): Promise<void> {
    const { store, clock, log } = this.#deps
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        this.#replace(await load(store, this.#origin))
        return
      } catch (error) {
        if (signal.aborted) return
        log.warn('the state could not be loaded from the store, will try again', { error })
        await sleep(clock, retryMs, signal).catch(() => undefined)
      }
    }
  }

  #replace({ entries, revision }: Loaded): void {
    const byCache = Map.groupBy(entries, ({ key }) => this.cacheOfKey(key))
    this.#revision = revision
    for (const cache of [this.#unclaimed, ...this.#caches.values()]) cache.replace(byCache.get(cache) ?? [], revision)
    this.#wake()
  }

  #take(batch: WatchBatch): void {
    this.#revision = Math.max(this.#revision, batch.revision)
    for (const [cache, events] of this.#byCache(batch.events)) cache.apply(events)
    if (this.#waiting.length > 0) this.#wake()
  }

  #byCache(events: readonly StoreEvent[]): Map<ResourceCache, CacheEvent[]> {
    const byCache = new Map<ResourceCache, CacheEvent[]>()
    for (const event of events) {
      const cache = this.cacheOfKey(event.key)
      const list = byCache.get(cache)
      const change = this.#changeOf(event, cache.get(event.key))
      if (list === undefined) byCache.set(cache, [change])
      else list.push(change)
    }
    return byCache
  }

  #changeOf(event: StoreEvent, cached: CacheEntry | undefined): CacheEvent {
    const { key, revision, previous } = event
    // The cached entry lags behind where one batch changes a key twice, such as one that is deleted and made again.
    const isCached = previous?.modRevision === cached?.revision
    return {
      revision,
      previous: isCached ? cached : previous && new CacheEntry(key, previous.modRevision, previous.value, this.#origin),
      entry: event.type === 'put' ? this.#entryOf(key, revision, event.entry.value) : undefined,
    }
  }

  #entryOf(key: string, revision: number, value: Uint8Array): CacheEntry {
    const written = this.#expected.get(key)
    const isOwn = written !== undefined && Buffer.compare(written.value, value) === 0
    return new CacheEntry(key, revision, isOwn ? written.json : value, this.#origin)
  }

  #wake(): void {
    const reached = this.#waiting.filter(({ revision }) => revision <= this.#revision)
    this.#waiting = this.#waiting.filter(({ revision }) => revision > this.#revision)
    for (const { resolve } of reached) resolve()
  }

  #askForProgress(): void {
    if (!this.isShared || this.#progressTimer !== undefined) return
    this.#progressTimer = this.#deps.clock.setTimer(progressAfterMs, () => {
      this.#progressTimer = undefined
      if (this.#waiting.length === 0) return
      this.#watch?.requestProgress()
      this.#askForProgress()
    })
  }
}

const nothing: Disposable = { [Symbol.dispose]() {} }

/** The state at the revision, or the oldest after it that there is. */
async function loadPast(store: Store, origin: EntryOrigin, revision: number): Promise<Loaded> {
  try {
    return await load(store, origin, revision)
  } catch (error) {
    if (isStoreError(error, 'Compacted')) return await load(store, origin, error.oldestRevision)
    throw error
  }
}

/** Everything below the root, at the revision or at the newest one. */
async function load(store: Store, origin: EntryOrigin, atRevision?: number): Promise<Loaded> {
  const { entries, revision } = await store.range({ prefix: root, ...(atRevision === undefined ? {} : { atRevision }) })
  return { entries: entries.map(({ key, modRevision, value }) => new CacheEntry(key, modRevision, value, origin)), revision }
}
