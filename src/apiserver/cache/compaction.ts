/**
 * Forgets old revisions of the store. As upstream: each interval compacts what was the newest at the one before, so
 * that a reader of pages has at least that long.
 */
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Store } from '#store/store'

type CompactionDeps = { readonly store: Store; readonly clock: Clock; readonly log: Log }

/** An interval of 0 keeps everything. Runs until it is disposed of. */
export function startCompaction(deps: CompactionDeps, intervalMs: number): Disposable {
  const stop = new AbortController()
  let timer: Disposable | undefined
  let newest = 0

  async function compact(): Promise<void> {
    try {
      const previous = newest
      newest = await deps.store.currentRevision(stop.signal)
      if (previous > 0) await deps.store.compact(previous, stop.signal)
    } catch (error) {
      if (stop.signal.aborted) return
      deps.log.warn('old revisions are not compacted, will try again', { error })
    }
    schedule()
  }

  function schedule(): void {
    if (!stop.signal.aborted) timer = deps.clock.setTimer(intervalMs, () => void compact())
  }

  if (intervalMs > 0) schedule()
  return {
    [Symbol.dispose]() {
      stop.abort()
      timer?.[Symbol.dispose]()
    },
  }
}
