/** One watch on a kind: turns the changes of the cache into what its reader asked for. */
import type { Clock } from '#base/env/clock'
import type { SharedFrame, WatchBody } from '../exchange.ts'
import type { CacheEntry, ObjectEntry } from './cache-entry.ts'
import type { CacheEvent } from './event-ring.ts'
import type { KindView } from './kind-view.ts'
import type { ChangeListener } from './resource-cache.ts'
import { UnreadableObject } from './unreadable-object.ts'
import { errorFrame, ObjectFrame } from './watch-frame.ts'

/** Which objects a reader wants to see. Without `matches`, all under the prefix. */
export type ObjectFilter = { readonly keyPrefix: string; readonly matches?: (entry: ObjectEntry) => boolean }

export type WatcherOptions = {
  readonly filter: ObjectFilter
  /** Sent before anything else. */
  readonly opening: readonly SharedFrame[]
  /** Changes up to this revision are part of the opening. */
  readonly afterRevision: number
  readonly wantsBookmarks: boolean
  /** The watch ends then, with a bookmark shortly before. */
  readonly timeoutMs: number
}

/** As upstream: so long before its end a watch gets a last bookmark. */
const lastBookmarkMs = 2000

export class Watcher implements WatchBody, ChangeListener {
  readonly #view: KindView
  readonly #clock: Clock
  readonly #options: WatcherOptions
  #send: (frames: readonly SharedFrame[]) => boolean = () => false
  #sentRevision: number
  #finish: () => void = () => {}
  #isOver = false

  constructor(view: KindView, clock: Clock, options: WatcherOptions) {
    this.#view = view
    this.#clock = clock
    this.#options = options
    this.#sentRevision = options.afterRevision
  }

  async run(send: (frames: readonly SharedFrame[]) => boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#finish = resolve
    this.#send = send
    if (signal.aborted) return
    // Nothing may come between the opening and the subscription: no await here.
    if (!this.#open()) return
    const { timeoutMs, wantsBookmarks } = this.#options
    using _subscription = this.#view.cache.subscribe(this)
    using _deadline = this.#clock.setTimer(timeoutMs, resolve)
    using _lastBookmark = this.#clock.setTimer(wantsBookmarks ? timeoutMs - lastBookmarkMs : timeoutMs, () =>
      this.progressed(this.#sentRevision),
    )
    signal.addEventListener('abort', () => resolve(), { once: true })
    await promise
  }

  changed(events: readonly CacheEvent[]): void {
    if (this.#isOver) return
    const frames: SharedFrame[] = []
    try {
      for (const event of events) {
        const frame = this.#frameOf(event)
        if (frame !== undefined) frames.push(frame)
        this.#sentRevision = Math.max(this.#sentRevision, event.revision)
      }
    } catch (error) {
      if (!(error instanceof UnreadableObject)) throw error
      // As upstream: who watches is told, and has to list.
      this.#deliver([...frames, errorFrame(error)])
      this.#finish()
      return
    }
    if (frames.length > 0) this.#deliver(frames)
  }

  progressed(revision: number): void {
    if (!this.#options.wantsBookmarks) return
    this.#sentRevision = Math.max(this.#sentRevision, revision)
    this.#deliver([this.#view.bookmark(this.#sentRevision)])
  }

  ended(): void {
    this.#isOver = true
    this.#finish()
  }

  /** The opening, and what has happened since it was made. */
  #open(): boolean {
    const { opening } = this.#options
    if (opening.length > 0 && !this.#send(opening)) return false
    const missed = this.#view.cache.eventsAfter(this.#options.afterRevision)
    // The reader took so long to begin that history is gone: it has to start anew.
    if (missed === undefined) return false
    if (missed.length > 0) this.changed(missed)
    return true
  }

  #deliver(frames: readonly SharedFrame[]): void {
    if (!this.#send(frames)) this.#finish()
  }

  #frameOf(event: CacheEvent): SharedFrame | undefined {
    const isIn = this.#wants(event.entry)
    const wasIn = this.#wants(event.previous)
    if (isIn) return this.#view.frame(event, wasIn ? 'MODIFIED' : 'ADDED')
    return wasIn ? this.#view.frame(event, 'DELETED') : undefined
  }

  #wants(entry: CacheEntry | undefined): boolean {
    const { keyPrefix, matches } = this.#options.filter
    return entry !== undefined && entry.key.startsWith(keyPrefix) && (matches === undefined || matches(this.#view.served(entry)))
  }
}

/** The current state as ADDED frames. Throws UnreadableObject. */
export function stateFrames(view: KindView, { keyPrefix, matches }: ObjectFilter): readonly SharedFrame[] {
  const frames: SharedFrame[] = []
  for (const entry of view.cache.range(keyPrefix)) {
    const served = view.served(entry)
    served.bytes()
    if (matches === undefined || matches(served)) frames.push(new ObjectFrame('ADDED', served))
  }
  return frames
}
