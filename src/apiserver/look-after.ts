/**
 * Looks at all objects of some kinds again whenever one of them changes. The look comes a moment later, so that a burst of
 * changes costs one look; one that fails is tried again.
 */
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Kind } from '#meta/kind'
import type { ChangeFeed } from './authz/change-feed.ts'

export type LookAfterDeps = { readonly clock: Clock; readonly log: Log; readonly changes: ChangeFeed }

export type Look = {
  readonly kinds: readonly Kind[]
  readonly look: (signal: AbortSignal) => Promise<void>
  /** What the log says of a look that failed. */
  readonly failure: string
}

const delayMs = 50
const retryMs = 1000

/** Works until it is disposed. */
export function lookAfter({ clock, log, changes }: LookAfterDeps, { kinds, look, failure }: Look): Disposable {
  const stop = new AbortController()
  let timer: Disposable | undefined
  const lookIn = (ms: number): void => {
    timer?.[Symbol.dispose]()
    timer = clock.setTimer(ms, () => void tryLook())
  }
  async function tryLook(): Promise<void> {
    try {
      await look(stop.signal)
    } catch (error) {
      if (stop.signal.aborted) return
      log.warn(failure, { error })
      lookIn(retryMs)
    }
  }
  const stack = new DisposableStack()
  stack.defer(() => stop.abort())
  stack.defer(() => timer?.[Symbol.dispose]())
  for (const kind of kinds) stack.use(changes.follow(kind, () => lookIn(delayMs)))
  return stack
}
