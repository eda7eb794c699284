import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { VirtualClock } from '#base/env/virtual-clock'
import { StatusError } from '#meta/status'
import { createMemoryStore } from '#store/memory/memory-store'
import { put } from '#store/single-key'
import type { Store } from '#store/store'
import type { Answer, Exchange } from '../exchange.ts'
import { storeRoutes } from './store-routes.ts'

test('the status tells of the store', async () => {
  await using store = await sampleStore()
  const { body } = (await ask(store, 'GET', '/navarch/store/status')) ?? {}
  assert.ok(body?.kind === 'object')
  assert.deepEqual(body.object(), await store.status())
})

test('a snapshot is streamed', async () => {
  await using store = await sampleStore()
  const { body } = (await ask(store, 'GET', '/navarch/store/snapshot')) ?? {}
  assert.ok(body?.kind === 'stream')
  const unpacked = gunzipSync(Buffer.concat(await Array.fromAsync(body.chunks))).toString()
  assert.match(unpacked, /"key":"\/registry\/pods\/a"/)
})

test('compacting forgets all but what is there', async () => {
  await using store = await sampleStore()
  await ask(store, 'POST', '/navarch/store/compact')
  const { revision, compactRevision } = await store.status()
  assert.equal(compactRevision, revision)
})

test('verifying names the object that does not decode, and goes on behind it', async () => {
  await using store = await sampleStore()
  const { body } = (await ask(store, 'POST', '/navarch/store/verify')) ?? {}
  assert.ok(body?.kind === 'stream')
  const lines = (await text(body.chunks)).trimEnd().split('\n')
  assert.match(lines[0] ?? '', /\/registry\/pods\/b: its value does not decode: .*JSON/)
  assert.deepEqual(JSON.parse(lines[1] ?? ''), { checkedKeys: 3, keyCount: 3 })
})

test('other methods are refused, other paths are somebody else’s', async () => {
  await using store = await sampleStore()
  await assert.rejects(ask(store, 'GET', '/navarch/store/compact'), (error) => error instanceof StatusError && error.code === 405)
  assert.equal(await ask(store, 'GET', '/navarch/store/other'), undefined)
})

async function ask(store: Store, method: string, path: string): Promise<Answer | undefined> {
  const decode = (value: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(value))
  const route = storeRoutes({ store, clock: new VirtualClock(), decode })
  return await route({ request: { method, path }, signal: new AbortController().signal } as unknown as Exchange)
}

async function sampleStore(): Promise<Store> {
  const store = createMemoryStore({ clock: new VirtualClock() })
  for (const [name, value] of Object.entries({ a: '{}', b: '{"cut', c: '{}' }))
    await put(store, `/registry/pods/${name}`, Buffer.from(value))
  return store
}
