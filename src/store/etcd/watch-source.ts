/**
 * What all watches of a store share: one feed of all changes, the last of them, and the hub that hands each to whom it concerns.
 * The feed runs while there are watches. A watch that begins before the changes at hand reads history with a feed of its own first,
 * at its reader's pace.
 */
import { WatchHub } from '../embedded/watch-hub.ts'
import type { StoreEvent } from '../store.ts'
import { closed, compacted, futureRevision, isStoreError } from '../store-error.ts'
import { EtcdFeed, type FeedDeps } from './etcd-feed.ts'
import type { EtcdWatch, WatchOrigin } from './etcd-watch.ts'
import { RecentEvents } from './recent-events.ts'

type Waiting = { readonly revision: number; readonly resolve: () => void; readonly reject: (error: unknown) => void }
type Running = { readonly feed: EtcdFeed; readonly recent: RecentEvents; readonly hub: WatchHub }

const recentLimits = { lengthMax: 20_000, bytesMax: 16 << 20 }

export class WatchSource implements WatchOrigin, Disposable {
  readonly #deps: FeedDeps
  readonly #watches = new Set<EtcdWatch>()
  /** Those of them that hang on the feed. */
  readonly #live = new Set<EtcdWatch>()
  #running: Running | undefined
  #waiting: Waiting[] = []
  #compactRevision = 0
  #isClosed = false

  constructor(deps: FeedDeps) {
    this.#deps = deps
  }

  get deliveredRevision(): number {
    return this.#running?.feed.revision ?? 0
  }

  /** The oldest revision that can be watched from, as far as is known. */
  get compactRevision(): number {
    return this.#compactRevision
  }

  currentRevision(): Promise<number> {
    return this.#deps.currentRevision()
  }

  /** History up to the revision is gone. */
  noteCompaction(revision: number): void {
    this.#compactRevision = Math.max(this.#compactRevision, revision)
  }

  async join(watch: EtcdWatch, afterRevision: number): Promise<void> {
    this.#watches.add(watch)
    let position = afterRevision
    while (!watch.ended.aborted) {
      if (this.#isClosed) throw closed()
      const now = await this.currentRevision()
      if (position > now) throw futureRevision(position, now)
      if (position < this.#compactRevision) throw compacted(position, this.#compactRevision)
      if (!(await this.#isAt(now, position))) continue
      const running = this.#running
      if (running === undefined || watch.ended.aborted) continue
      if (position < running.recent.startRevision) position = await this.#readHistory(watch, position, running.recent)
      else return this.#subscribe(watch, position, running)
    }
  }

  async reached(revision: number): Promise<number> {
    if (this.deliveredRevision < revision) {
      this.#running?.feed.expect(revision)
      await new Promise<void>((resolve, reject) => this.#waiting.push({ revision, resolve, reject }))
    }
    return this.deliveredRevision
  }

  leave(watch: EtcdWatch): void {
    this.#watches.delete(watch)
    this.#live.delete(watch)
    this.#running?.hub.remove(watch)
    if (this.#watches.size === 0) this.#stop()
  }

  /** Ends all watches with Closed. */
  [Symbol.dispose](): void {
    this.#isClosed = true
    for (const watch of this.#watches) watch.fail(closed())
    this.#stop()
  }

  /** Makes the feed run and waits until it has come to the revision; false if it broke off, and the caller is to look again. */
  async #isAt(revision: number, startRevision: number): Promise<boolean> {
    this.#running ??= this.#start(startRevision, startRevision === revision)
    try {
      await this.reached(revision)
      return true
    } catch (error) {
      if (isStoreError(error, 'Compacted') || isStoreError(error, 'FutureRevision')) return false
      throw error
    }
  }

  #start(afterRevision: number, isNewest: boolean): Running {
    const hub = new WatchHub()
    const recent = new RecentEvents(Math.max(afterRevision, 1), recentLimits)
    const feed = new EtcdFeed(
      this.#deps,
      { afterRevision, isNewest },
      {
        take: (events, revision) => {
          recent.add(events)
          hub.publish(events, revision)
          this.#release(revision)
        },
        fail: (error) => this.#fail(error),
      },
    )
    void feed.run()
    return { feed, recent, hub }
  }

  #subscribe(watch: EtcdWatch, position: number, { recent, hub, feed }: Running): void {
    const events = recent.after(position, watch.prefix)
    hub.add(watch)
    this.#live.add(watch)
    watch.deliver({ events, revision: Math.max(feed.revision, position) }, 0)
  }

  /** Reads what is before the changes at hand; gives the revision up to which the watch has everything then. */
  async #readHistory(watch: EtcdWatch, afterRevision: number, recent: RecentEvents): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const onEnd = (): void => resolve(afterRevision)
    watch.ended.addEventListener('abort', onEnd, { once: true })
    using feed = new EtcdFeed(
      this.#deps,
      { afterRevision, isNewest: false },
      {
        async take(events, revision) {
          const own: StoreEvent[] = events.filter(({ key }) => key.startsWith(watch.prefix))
          if (own.length > 0) await watch.offer({ events: own, revision })
          if (revision >= recent.startRevision) resolve(revision)
        },
        fail: reject,
      },
    )
    void feed.run()
    try {
      return await promise
    } finally {
      watch.ended.removeEventListener('abort', onEnd)
    }
  }

  #release(revision: number): void {
    if (this.#waiting.length === 0) return
    const reached = this.#waiting.filter((waiting) => waiting.revision <= revision)
    if (reached.length === 0) return
    this.#waiting = this.#waiting.filter((waiting) => waiting.revision > revision)
    for (const waiting of reached) waiting.resolve()
  }

  /** The feed is at its end. Those that are still joining look again; those that hang on it have lost their place. */
  #fail(error: unknown): void {
    if (isStoreError(error, 'Compacted')) this.noteCompaction(error.oldestRevision ?? 0)
    this.#running = undefined
    for (const watch of this.#live) watch.fail(error)
    this.#rejectWaiting(error)
  }

  #stop(): void {
    this.#running?.feed[Symbol.dispose]()
    this.#running = undefined
    this.#rejectWaiting(closed())
  }

  #rejectWaiting(error: unknown): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(error)
  }
}
