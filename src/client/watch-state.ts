/**
 * Following a collection as one pure state machine: list, watch from there, and come back from everything
 * that can happen on the way. State and outcome in, state out; `stepOf` says what to do next.
 *
 * Invariant: a watch starts at the version of the last list or of the last frame seen, so nothing is missed.
 */
import { unreachable } from '#base/assert'

export type WatchState = {
  readonly phase: 'list' | 'watch'
  /** To list at least as new as, or to watch from. '' asks for the newest, '0' for whatever the server has at hand. */
  readonly version: string
  /** Failures in a row; each doubles the pause. */
  readonly failureCount: number
  /** Pause before the next step. */
  readonly pauseMs: number
}

export type Outcome =
  | { readonly type: 'listed'; readonly version: string }
  | { readonly type: 'list-failed'; readonly reason: Failure }
  /** A change or a bookmark: the collection is known up to `version`. */
  | { readonly type: 'progressed'; readonly version: string }
  /** The server ended the watch in good order, after `frameCount` frames and `lastedMs`. */
  | { readonly type: 'watch-ended'; readonly frameCount: number; readonly lastedMs: number }
  | { readonly type: 'watch-failed'; readonly reason: Failure }

/** `expired`: the version is no longer kept. */
export type Failure = 'expired' | 'other'

export type Step =
  | { readonly do: 'list'; readonly version: string; readonly afterMs: number }
  | { readonly do: 'watch'; readonly version: string; readonly afterMs: number }

export const initialWatchState: WatchState = { phase: 'list', version: '0', failureCount: 0, pauseMs: 0 }

export function stepOf(state: WatchState): Step {
  return { do: state.phase, version: state.version, afterMs: state.pauseMs }
}

/** `chance` in [0, 1) spreads the pauses of many clients. */
export function advance(state: WatchState, outcome: Outcome, chance: number): WatchState {
  switch (outcome.type) {
    case 'listed':
      return { phase: 'watch', version: outcome.version, failureCount: 0, pauseMs: 0 }
    case 'progressed':
      return { ...state, version: outcome.version, failureCount: 0 }
    case 'list-failed':
      return outcome.reason === 'expired' ? failed({ ...state, version: '' }, chance) : failed(state, chance)
    case 'watch-ended':
      return endedTooSoon(outcome) ? failed(state, chance) : { ...state, pauseMs: 0 }
    case 'watch-failed':
      // An expired version says nothing of the server's health: list at once, from what is newest.
      if (outcome.reason === 'expired') return { phase: 'list', version: '', failureCount: state.failureCount, pauseMs: 0 }
      return failed(state, chance)
    default:
      return unreachable(outcome)
  }
}

// As upstream's reflector: 0.8 s doubling up to 30 s, each lengthened by up to its own length.
const pauseMsMin = 800
const pauseMsMax = 30_000

function failed(state: WatchState, chance: number): WatchState {
  const baseMs = Math.min(pauseMsMin * 2 ** state.failureCount, pauseMsMax)
  return { ...state, failureCount: Math.min(state.failureCount + 1, 30), pauseMs: Math.round(baseMs * (1 + chance)) }
}

/** A server that accepts a watch only to drop it at once must not be asked in a tight loop. */
function endedTooSoon({ frameCount, lastedMs }: { readonly frameCount: number; readonly lastedMs: number }): boolean {
  return frameCount === 0 && lastedMs < 1000
}
