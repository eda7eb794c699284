/** One watch on a kind: the state that it begins with, then its share of the changes. */
import type { Clock } from '#base/env/clock'
import type { FrameReader, SharedFrame, WatchBody } from '../exchange.ts'
import type { ObjectEntry } from './cache-entry.ts'
import type { KindView } from './kind-view.ts'
import { type ObjectFilter, wanted } from './object-filter.ts'
import { ObjectFrame } from './watch-frame.ts'
import { framesOf, type WatchMember } from './watch-hub.ts'

/** What a watch sends before anything else. */
export type Opening = { readonly state: readonly ObjectEntry[]; readonly end: readonly SharedFrame[] }

export const nothing: Opening = { state: [], end: [] }

export type WatcherOptions = {
  readonly filter: ObjectFilter
  readonly opening: Opening
  /** Changes up to this revision are part of the opening. */
  readonly afterRevision: number
  readonly wantsBookmarks: boolean
  /** The watch ends then, with a bookmark shortly before. */
  readonly timeoutMs: number
}

/** As upstream: so long before its end a watch gets a last bookmark. */
const lastBookmarkMs = 2000
/** Of the opening, made and sent at once. */
const portionBytes = 256 * 1024
/** Changes that may wait until the reader has taken the opening. */
const waitingMax = 10_000

export class Watcher implements WatchBody, WatchMember {
  readonly filter: ObjectFilter
  readonly #view: KindView
  readonly #clock: Clock
  readonly #options: WatcherOptions
  #reader: FrameReader | undefined
  /** Frames that wait for the end of the opening; undefined behind it. */
  #waiting: SharedFrame[] | undefined = []
  #finish: () => void = () => {}
  #isOver = false

  constructor(view: KindView, clock: Clock, options: WatcherOptions) {
    this.filter = options.filter
    this.#view = view
    this.#clock = clock
    this.#options = options
  }

  async run(reader: FrameReader, signal: AbortSignal): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>()
    this.#finish = resolve
    this.#reader = reader
    if (signal.aborted) return
    const { timeoutMs, wantsBookmarks, afterRevision } = this.#options
    // Nothing may come between the look at the past and the joining: no await here.
    const missed = this.#view.cache.eventsAfter(afterRevision)
    // The reader took so long to begin that history is gone: it has to start anew.
    if (missed === undefined) return
    using _membership = this.#view.watches.join(this)
    using _deadline = this.#clock.setTimer(timeoutMs, () => this.finish())
    using _lastBookmark = wantsBookmarks && timeoutMs > lastBookmarkMs ? this.#bookmarkIn(timeoutMs - lastBookmarkMs) : undefined
    signal.addEventListener('abort', () => this.finish(), { once: true })
    const { frames, isBroken } = framesOf(this.#view, this.filter, missed)
    this.deliver(frames)
    await this.#open(reader, over)
    if (isBroken) this.finish()
    await over
  }

  deliver(frames: readonly SharedFrame[]): void {
    if (this.#isOver) return
    if (this.#waiting === undefined) return this.#send(frames)
    for (const frame of frames) this.#waiting.push(frame)
    if (this.#waiting.length > waitingMax) this.finish()
  }

  progressed(revision: number): void {
    if (this.#options.wantsBookmarks) this.deliver([this.#view.bookmark(revision)])
  }

  finish(): void {
    this.#isOver = true
    this.#finish()
  }

  #bookmarkIn(delayMs: number): Disposable {
    return this.#clock.setTimer(delayMs, () => this.progressed(this.#view.storage.feed.revision))
  }

  /** In portions, each made when the one before is taken: a reader of a gigabyte costs a quarter of a megabyte. */
  async #open(reader: FrameReader, over: Promise<void>): Promise<void> {
    const { state, end } = this.#options.opening
    for (let start = 0; start < state.length && !this.#isOver; ) {
      const next = endOfPortion(state, start)
      this.#send(state.slice(start, next).map((entry) => new ObjectFrame('ADDED', entry)))
      start = next
      if (start < state.length) await Promise.race([reader.drained(), over])
    }
    if (this.#isOver) return
    const waiting = [...end, ...(this.#waiting ?? [])]
    this.#waiting = undefined
    this.#send(waiting)
  }

  #send(frames: readonly SharedFrame[]): void {
    if (frames.length > 0 && this.#reader?.send(frames) !== true) this.finish()
  }
}

function endOfPortion(entries: readonly ObjectEntry[], start: number): number {
  let end = start
  for (let bytes = 0; end < entries.length && bytes < portionBytes; end++) bytes += entries[end]?.length() ?? 0
  return end
}

/** The current state. Throws UnreadableObject. */
export function stateOf(view: KindView, filter: ObjectFilter): readonly ObjectEntry[] {
  return Array.from(wanted(view, filter), (entry) => {
    entry.check()
    return entry
  })
}
