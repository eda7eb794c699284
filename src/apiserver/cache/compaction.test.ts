import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import type { Store } from '#store/store'
import { startCompaction } from './compaction.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} } as never

test('compaction: each interval compacts what was the newest at the one before', async () => {
  const clock = new VirtualClock()
  let revision = 10
  const compacted: number[] = []
  const store = { currentRevision: async () => revision, compact: async (at: number) => void compacted.push(at) } as unknown as Store
  const compaction = startCompaction({ store, clock, log }, 1000)
  await clock.advance(1000)
  assert.deepEqual(compacted, [])
  revision = 20
  await clock.advance(1000)
  revision = 30
  await clock.advance(1000)
  assert.deepEqual(compacted, [10, 20])
  compaction[Symbol.dispose]()
  await clock.advance(5000)
  assert.deepEqual(compacted, [10, 20])
})
