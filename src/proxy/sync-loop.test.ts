import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '#base/env/log'
import { VirtualClock } from '#base/env/virtual-clock'
import { SyncLoop } from './sync-loop.ts'

function started(outcome: () => boolean = () => true) {
  const clock = new VirtualClock()
  const startMs = clock.nowMs()
  const syncsAtMs: number[] = []
  const sync = async () => {
    syncsAtMs.push(clock.nowMs() - startMs)
    if (!outcome()) throw new Error('refused')
  }
  const loop = new SyncLoop({ clock, log: silentLog, minSyncPeriodMs: 1000, sync })
  const stop = new AbortController()
  const running = loop.run(stop.signal)
  return {
    clock,
    loop,
    syncsAtMs,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

test('the first sync is at once, and without changes the only one', async () => {
  await using running = started()
  await running.clock.advance(60_000)
  assert.deepEqual(running.syncsAtMs, [0])
})

test('a change after quiet is synced at once; those within the period together, at its end', async () => {
  await using running = started()
  await running.clock.advance(5000)
  running.loop.request()
  await running.clock.advance(10)
  for (let count = 0; count < 3; count++) running.loop.request()
  await running.clock.advance(5000)
  assert.deepEqual(running.syncsAtMs, [0, 5000, 6000])
})

test('a failure is tried again, ever later, and counted as being behind', async () => {
  let isWell = false
  await using running = started(() => isWell)
  await running.clock.advance(10_000)
  assert.deepEqual(running.syncsAtMs, [0, 2000, 6000])
  assert.equal(running.loop.behindMs, 10_000)
  isWell = true
  await running.clock.advance(10_000)
  assert.equal(running.loop.behindMs, 0)
  assert.equal(running.syncsAtMs.length, 4)
})
