import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import { bytes, summary, take } from './contract/sample.ts'
import { createMemoryStore } from './memory/memory-store.ts'
import { rerootedStore } from './rerooted-store.ts'
import { create, put } from './single-key.ts'

test('keys below the root lie below the other one, and nobody outside sees it', async () => {
  await using kept = createMemoryStore({ clock: new VirtualClock() })
  const store = rerootedStore(kept, '/registry', '/other/place')
  const start = await store.currentRevision()
  await put(store, '/registry/pods/a', bytes('one'))
  await put(store, 'beside', bytes('two'))
  await put(kept, '/registry/pods/foreign', bytes('three'))
  assert.deepEqual(
    (await kept.range({ from: '', to: '~' })).entries.map(({ key }) => key),
    ['/other/place/pods/a', '/registry/pods/foreign', 'beside'],
  )
  assert.deepEqual(
    (await store.range({ prefix: '/registry/pods/' })).entries.map(({ key }) => key),
    ['/registry/pods/a'],
  )
  const refused = await create(store, '/registry/pods/a', bytes('four'))
  assert.equal(!refused.succeeded && refused.current?.key, '/registry/pods/a')
  assert.deepEqual((await take(1, store.watch({ prefix: '/registry/', afterRevision: start }))).map(summary), ['put /registry/pods/a'])
})
