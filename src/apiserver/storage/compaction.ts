/**
 * Forgets old revisions of a store. As upstream: each interval compacts what was the newest at the one before, so that a reader of
 * pages has at least that long. Several servers on one store take turns by a key that they all know; who finds it changed since
 * its last look leaves this interval to the others.
 */
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { update } from '#store/single-key'
import type { Store } from '#store/store'

type CompactionDeps = { readonly store: Store; readonly isShared: boolean; readonly clock: Clock; readonly log: Log }

/** Upstream's servers use it too. Its value is the compacted revision. */
const turnKey = 'compact_rev_key'

/** An interval of 0 keeps everything. Runs until it is disposed of. */
export function startCompaction({ store, isShared, clock, log }: CompactionDeps, intervalMs: number): Disposable {
  const stop = new AbortController()
  let timer: Disposable | undefined
  let newest = 0
  let turnRevision = 0

  async function compact(): Promise<void> {
    try {
      const previous = newest
      const isOurTurn = isShared ? await takeTurn() : await look()
      if (isOurTurn && previous > 0) await store.compact(previous, stop.signal)
    } catch (error) {
      if (stop.signal.aborted) return
      log.warn('old revisions are not compacted, will try again', { error })
    }
    schedule()
  }

  async function look(): Promise<boolean> {
    newest = await store.currentRevision(stop.signal)
    return true
  }

  async function takeTurn(): Promise<boolean> {
    const value = new TextEncoder().encode(String(newest))
    const { succeeded, ...result } = await update(store, turnKey, value, { modRevision: turnRevision }, stop.signal)
    newest = result.revision
    turnRevision = 'current' in result ? (result.current?.modRevision ?? 0) : result.revision
    return succeeded
  }

  function schedule(): void {
    if (!stop.signal.aborted) timer = clock.setTimer(intervalMs, () => void compact())
  }

  if (intervalMs > 0) schedule()
  return {
    [Symbol.dispose]() {
      stop.abort()
      timer?.[Symbol.dispose]()
    },
  }
}
