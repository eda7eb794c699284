/** One watch on a kind: the state that it begins with, then its share of the changes. */
import type { Clock } from '#base/env/clock'
import type { SharedFrame, WatchBody } from '../exchange.ts'
import type { KindView } from './kind-view.ts'
import { type ObjectFilter, wanted } from './object-filter.ts'
import { ObjectFrame } from './watch-frame.ts'
import { framesOf, type WatchMember } from './watch-hub.ts'

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

export class Watcher implements WatchBody, WatchMember {
  readonly filter: ObjectFilter
  readonly #view: KindView
  readonly #clock: Clock
  readonly #options: WatcherOptions
  #send: (frames: readonly SharedFrame[]) => boolean = () => false
  #finish: () => void = () => {}
  #isOver = false

  constructor(view: KindView, clock: Clock, options: WatcherOptions) {
    this.filter = options.filter
    this.#view = view
    this.#clock = clock
    this.#options = options
  }

  async run(send: (frames: readonly SharedFrame[]) => boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#finish = resolve
    this.#send = send
    if (signal.aborted) return
    // Nothing may come between the opening and the joining: no await here.
    if (!this.#open()) return
    const { timeoutMs, wantsBookmarks } = this.#options
    using _membership = this.#view.watches.join(this)
    using _deadline = this.#clock.setTimer(timeoutMs, resolve)
    using _lastBookmark = this.#clock.setTimer(wantsBookmarks ? timeoutMs - lastBookmarkMs : timeoutMs, () =>
      this.progressed(this.#view.storage.feed.revision),
    )
    signal.addEventListener('abort', () => resolve(), { once: true })
    await promise
    this.#isOver = true
  }

  deliver(frames: readonly SharedFrame[]): void {
    if (!this.#isOver && !this.#send(frames)) this.finish()
  }

  progressed(revision: number): void {
    if (this.#options.wantsBookmarks) this.deliver([this.#view.bookmark(revision)])
  }

  finish(): void {
    this.#isOver = true
    this.#finish()
  }

  /** The opening, and what has happened since it was made. */
  #open(): boolean {
    const { opening, filter, afterRevision } = this.#options
    if (opening.length > 0 && !this.#send(opening)) return false
    const missed = this.#view.cache.eventsAfter(afterRevision)
    // The reader took so long to begin that history is gone: it has to start anew.
    if (missed === undefined) return false
    const { frames, isBroken } = framesOf(this.#view, filter, missed)
    return (frames.length === 0 || this.#send(frames)) && !isBroken
  }
}

/** The current state as ADDED frames. Throws UnreadableObject. */
export function stateFrames(view: KindView, filter: ObjectFilter): readonly SharedFrame[] {
  return Array.from(wanted(view, filter), (entry) => {
    entry.check()
    return new ObjectFrame('ADDED', entry)
  })
}
