import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '#base/env/log'
import { VirtualClock } from '#base/env/virtual-clock'
import { createMemoryStore } from '#store/memory/memory-store'
import { create, put, remove } from '#store/single-key'
import type { ValueFormat } from '../storage/value-format.ts'
import { StoreFeed } from './store-feed.ts'

const key = '/registry/pods/a'
const json = (text: string) => new TextEncoder().encode(JSON.stringify(text.length > 0 ? { metadata: { name: text } } : {}))
const format: ValueFormat = { toStored: (_kind, _object, bytes) => bytes, toJson: (value) => value, translate: (value) => value }

test('what is deleted and made again in one batch is new, whatever the cache has shown until then', async () => {
  const clock = new VirtualClock()
  await using store = createMemoryStore({ clock })
  const options = { format, isShared: false, replayedRevisions: 0, prefixes: ['/registry/pods/'] }
  const feed = await StoreFeed.open({ store, clock, log: silentLog }, options)
  await feed.waitFor(await put(store, key, json('first')))
  const heard: string[] = []
  const name = (bytes: Uint8Array | undefined) => (bytes === undefined ? '-' : JSON.parse(new TextDecoder().decode(bytes)).metadata.name)
  using _subscription = feed.cache('/registry/pods/').subscribe({
    changed: (events) => heard.push(events.map(({ previous, entry }) => `${name(previous?.json)}>${name(entry?.json)}`).join(' ')),
    progressed: () => {},
    ended: () => {},
  })
  const [, made, changed] = await Promise.all([remove(store, key), create(store, key, json('second')), put(store, key, json('third'))])
  assert.equal(made.succeeded, true)
  await feed.waitFor(changed)
  assert.deepEqual(heard, ['first>- ->second second>third'])
  await feed.close()
})
