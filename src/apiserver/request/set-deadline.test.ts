import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '#base/env/clock'
import { exchangeOf, requestOf } from '#testing/exchange'
import { setDeadline } from './set-deadline.ts'

/** A clock whose timers fire when told to. */
function handClock() {
  const timers: { readonly delayMs: number; readonly fire: () => void }[] = []
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    setTimer(delayMs, fire) {
      timers.push({ delayMs, fire })
      return { [Symbol.dispose]: () => undefined }
    },
  }
  return { clock, timers }
}

const never = () => new Promise<never>(() => {})

for (const [query, wantMs] of [
  ['', 60_000],
  ['timeout=5s', 5000],
  ['timeout=5m', 60_000],
  ['timeout=0s', 60_000],
] as const) {
  test(`setDeadline: a request${query === '' ? '' : ` with ${query}`} has ${wantMs} ms, whatever it waits for`, async () => {
    const { clock, timers } = handClock()
    const exchange = exchangeOf(requestOf(`GET /api/v1/nodes?${query}`))
    const answer = setDeadline(clock, 60_000)(exchange, never)
    assert.equal(timers[0]?.delayMs, wantMs)
    timers[0]?.fire()
    await assert.rejects(answer, { code: 504, message: 'Timeout: request did not complete within the allotted timeout' })
    assert(exchange.signal.aborted)
  })
}

test('setDeadline: watches have none; what is no duration is refused', async () => {
  const { clock, timers } = handClock()
  void setDeadline(clock, 60_000)(exchangeOf(requestOf('GET /api/v1/nodes?watch=1')), never)
  assert.equal(timers.length, 0)
  await assert.rejects(async () => await setDeadline(clock, 60_000)(exchangeOf(requestOf('GET /api/v1/nodes?timeout=soon')), never), {
    code: 400,
  })
})
