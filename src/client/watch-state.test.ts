import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advance, initialWatchState, type Outcome, stepOf, type WatchState } from './watch-state.ts'

const watching: WatchState = { phase: 'watch', version: '7', failureCount: 0, pauseMs: 0 }

for (const [why, state, outcome, want] of [
  [
    'the first list is followed by a watch from its version',
    initialWatchState,
    { type: 'listed', version: '7' },
    { do: 'watch', version: '7', afterMs: 0 },
  ],
  ['a frame moves the version on', watching, { type: 'progressed', version: '9' }, { do: 'watch', version: '9', afterMs: 0 }],
  [
    'a watch that the server ends goes on from where it was',
    watching,
    { type: 'watch-ended', frameCount: 3, lastedMs: 5 },
    { do: 'watch', version: '7', afterMs: 0 },
  ],
  [
    'a watch that ends at once is not asked for in a tight loop',
    watching,
    { type: 'watch-ended', frameCount: 0, lastedMs: 5 },
    { do: 'watch', version: '7', afterMs: 800 },
  ],
  [
    '410 leads to a list of what is newest, at once',
    watching,
    { type: 'watch-failed', reason: 'expired' },
    { do: 'list', version: '', afterMs: 0 },
  ],
  ['a reset is no reason to list again', watching, { type: 'watch-failed', reason: 'other' }, { do: 'watch', version: '7', afterMs: 800 }],
  [
    'a list that fails is tried again later',
    initialWatchState,
    { type: 'list-failed', reason: 'other' },
    { do: 'list', version: '0', afterMs: 800 },
  ],
  [
    'a list from an expired version asks for the newest',
    initialWatchState,
    { type: 'list-failed', reason: 'expired' },
    { do: 'list', version: '', afterMs: 800 },
  ],
] as const satisfies readonly (readonly [string, WatchState, Outcome, ReturnType<typeof stepOf>])[]) {
  test(`watch state: ${why}`, () => assert.deepEqual(stepOf(advance(state, outcome, 0)), want))
}

test('watch state: pauses double up to 30 s, and chance lengthens them', () => {
  const pauses: number[] = []
  let state = initialWatchState
  for (let failure = 0; failure < 8; failure++) {
    state = advance(state, { type: 'list-failed', reason: 'other' }, 0)
    pauses.push(state.pauseMs)
  }
  assert.deepEqual(pauses, [800, 1600, 3200, 6400, 12800, 25600, 30000, 30000])
  assert.equal(advance(state, { type: 'list-failed', reason: 'other' }, 0.5).pauseMs, 45000)
})

test('watch state: a frame forgets earlier failures', () => {
  const failed = advance(watching, { type: 'watch-failed', reason: 'other' }, 0)
  const recovered = advance(failed, { type: 'progressed', version: '8' }, 0)
  assert.equal(recovered.failureCount, 0)
})
