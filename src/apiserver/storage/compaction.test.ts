import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '#base/env/log'
import { VirtualClock } from '#base/env/virtual-clock'
import { createMemoryStore } from '#store/memory/memory-store'
import { put } from '#store/single-key'
import type { Store } from '#store/store'
import { startCompaction } from './compaction.ts'

test('each interval compacts what was the newest at the one before', async () => {
  const { clock, store, fill, compacted } = setUp()
  const compaction = startCompaction({ store, isShared: false, clock, log: silentLog }, 1000)
  const revisions: number[] = []
  for (let round = 0; round < 3; round++) {
    revisions.push(await fill())
    await clock.advance(1000)
  }
  assert.deepEqual(compacted, revisions.slice(0, 2))
  compaction[Symbol.dispose]()
  await clock.advance(5000)
  assert.equal(compacted.length, 2)
})

test('servers on one store take turns, and all of them leave the last interval readable', async () => {
  const { clock, store, fill, compacted } = setUp()
  const servers = [1, 2, 3].map(() => startCompaction({ store, isShared: true, clock, log: silentLog }, 1000))
  for (let round = 0; round < 6; round++) {
    const revision = await fill()
    await clock.advance(1000)
    assert.ok(compacted.every((at) => at <= revision))
    assert.ok(compacted.length <= round, 'at most one compaction an interval')
  }
  assert.ok(compacted.length >= 2)
  for (const server of servers) server[Symbol.dispose]()
})

function setUp() {
  const clock = new VirtualClock()
  const store = createMemoryStore({ clock })
  const compacted: number[] = []
  const compact = store.compact.bind(store)
  store.compact = async (revision, signal) => {
    compacted.push(revision)
    await compact(revision, signal)
  }
  return { clock, store: store as Store, compacted, fill: () => put(store, '/registry/a', new Uint8Array(1)) }
}
