import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { VirtualClock } from '#base/env/virtual-clock'
import { bytes, failsWith, summary, take } from '../contract/sample.ts'
import { createMemoryStore } from '../memory/memory-store.ts'
import { put, remove } from '../single-key.ts'
import { restoreSqliteStore } from '../sqlite/restore-sqlite-store.ts'
import { openSqliteStore } from '../sqlite/sqlite-store.ts'
import type { Store } from '../store.ts'
import { dumpOf, translatedDump } from './dump.ts'
import { fillStore } from './fill-store.ts'
import { checkSnapshot, openSnapshot, packedSnapshot, saveSnapshot } from './snapshot-file.ts'

test('a snapshot of a store that goes on holds what was there at one revision', async () => {
  using place = temporaryDirectory()
  await using store = await sampleStore()
  const { entries, revision } = await store.range({ prefix: '' })
  const file = join(place.directory, 'a.snapshot')
  const dump = await dumpOf(store)
  for (let i = 0; i < 300; i++) await put(store, `/many/${i * 4}`, bytes('changed'))
  await remove(store, '/many/1199')
  const head = await saveSnapshot(file, packedSnapshot(dump, 0))
  assert.deepEqual(head, { revision, keyCount: entries.length, time: '1970-01-01T00:00:00Z' })
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const read = await openSnapshot(file)
  const records = await Array.fromAsync(read.records)
  assert.deepEqual(
    records.flatMap((record) => (record.type === 'entry' ? [{ ...record.entry, value: [...record.entry.value] }] : [])),
    entries.map(({ leaseId, ...entry }) => ({ ...entry, value: [...entry.value], ...(leaseId === undefined ? {} : { leaseId }) })),
  )
  assert.deepEqual(
    records.flatMap((record) => (record.type === 'lease' ? [record.lease.ttlMs] : [])),
    [10_000],
  )
  assert.deepEqual(readdirSync(place.directory), ['a.snapshot'])
})

test('a restored store has all entries, a revision far ahead, and sends every watch of before to list anew', async () => {
  using place = temporaryDirectory()
  await using store = await sampleStore()
  const before = await store.range({ prefix: '' })
  await restoreSqliteStore(place.directory, await dumpOf(store), 1_000_000)
  const clock = new VirtualClock()
  await using restored = await openSqliteStore({ clock, directory: place.directory })
  const after = await restored.range({ prefix: '' })
  assert.deepEqual(
    after.entries.map(({ key, modRevision, createRevision, version, value }) => [key, modRevision, createRevision, version, [...value]]),
    before.entries.map(({ key, modRevision, createRevision, version, value }) => [key, modRevision, createRevision, version, [...value]]),
  )
  assert.ok(after.revision > before.revision)
  await assert.rejects(restored.watch({ prefix: '/', afterRevision: before.revision + 5 }).next(), failsWith('Compacted'))
  const expired = take(1, restored.watch({ prefix: '/leased' }))
  await clock.advance(11_000)
  assert.deepEqual((await expired).map(summary), ['delete /leased'])
  assert.ok((await put(restored, '/new', bytes('x'))) > after.revision)
})

test('a restore refuses a directory with a store in it, and leaves none behind when the snapshot is cut', async () => {
  using place = temporaryDirectory()
  await using store = await sampleStore()
  const file = join(place.directory, 'a.snapshot')
  await saveSnapshot(file, packedSnapshot(await dumpOf(store), 0))
  writeFileSync(join(place.directory, 'cut'), readFileSync(file).subarray(0, 3000))
  const target = join(place.directory, 'target')
  await assert.rejects(restoreSqliteStore(target, await openSnapshot(join(place.directory, 'cut')), 1), failsWith('Corrupt'))
  assert.deepEqual(readdirSync(target), [])
  await restoreSqliteStore(target, await openSnapshot(file), 1)
  await assert.rejects(restoreSqliteStore(target, await openSnapshot(file), 1), failsWith('Unavailable'))
})

test('another store is filled, value by value translated, and brought beyond the revision', async () => {
  await using store = await sampleStore()
  await using other = createMemoryStore({ clock: new VirtualClock() })
  const dump = translatedDump(await dumpOf(store), (key, value) => (key === '/empty' ? bytes('filled') : value))
  const revision = await fillStore(other, dump)
  assert.ok(revision > dump.revision)
  assert.equal(await other.count({ prefix: '' }), dump.keyCount)
  assert.deepEqual((await other.get('/empty'))?.value, bytes('filled'))
  const { leaseId } = (await other.get('/leased')) ?? {}
  assert.equal((await other.lease(String(leaseId)))?.ttlMs, 10_000)
  await assert.rejects(fillStore(other, await dumpOf(store)), failsWith('Unavailable'))
})

test('revisions that take too long to reach are refused before anything is written, unless they are not wanted', async () => {
  await using store = await sampleStore()
  await using other = createMemoryStore({ clock: new VirtualClock() })
  const far = async () => ({ ...(await dumpOf(store)), revision: 1_000_000_000 })
  await assert.rejects(fillStore(other, await far()), failsWith('Invalid'))
  assert.equal(await other.count({ prefix: '' }), 0)
  assert.ok((await fillStore(other, await far(), { keepsOwnRevisions: true })) < 1000)
})

test('a snapshot replaces no file', async () => {
  using place = temporaryDirectory()
  await using store = await sampleStore()
  const file = join(place.directory, 'a.snapshot')
  writeFileSync(file, 'precious')
  await assert.rejects(saveSnapshot(file, packedSnapshot(await dumpOf(store), 0)), failsWith('Unavailable'))
  assert.equal(readFileSync(file, 'utf8'), 'precious')
})

for (const [what, spoil, reason] of [
  ['cut in the packed bytes', (packed) => packed.subarray(0, packed.length - 20), 'Corrupt'],
  ['cut behind an entry', (packed) => repacked(packed, (text) => text.slice(0, text.indexOf('{"entry":{"key":"/many/7"'))), 'Corrupt'],
  ['cut within a value', (packed) => repacked(packed, (text) => text.slice(0, text.indexOf('\n/many/7') + 4)), 'Corrupt'],
  ['with a changed value', (packed) => repacked(packed, (text) => text.replace('\n/many/7', '\n/Many/7')), 'Corrupt'],
  ['with something behind its end', (packed) => repacked(packed, (text) => `${text}more`), 'Corrupt'],
  ['that is empty', () => Buffer.alloc(0), 'Corrupt'],
  ['that is another file', () => Buffer.from('not a snapshot'), 'Corrupt'],
  ['that is another packed file', () => gzipSync('{"some":"json"}\n'), 'Corrupt'],
  [
    'of a newer format',
    (packed) => repacked(packed, (text) => text.replace('{"navarchSnapshot":1', '{"navarchSnapshot":9')),
    'SchemaTooNew',
  ],
] as [string, (packed: Buffer) => Buffer, 'Corrupt' | 'SchemaTooNew'][]) {
  test(`a snapshot ${what} is refused with ${reason}, and its name`, async () => {
    using place = temporaryDirectory()
    await using store = await sampleStore()
    const file = join(place.directory, 'a.snapshot')
    await saveSnapshot(file, packedSnapshot(await dumpOf(store), 0))
    const spoilt = join(place.directory, 'spoilt')
    writeFileSync(spoilt, spoil(readFileSync(file)))
    await assert.rejects(checkSnapshot(spoilt), (error) => failsWith(reason)(error) && String(error).includes(spoilt))
  })
}

test('a snapshot that is not there, or is a directory, is Unavailable', async () => {
  using place = temporaryDirectory()
  await assert.rejects(checkSnapshot(join(place.directory, 'none')), failsWith('Unavailable'))
  await assert.rejects(checkSnapshot(place.directory), failsWith('Unavailable'))
})

function repacked(packed: Buffer, change: (text: string) => string): Buffer {
  return gzipSync(Buffer.from(change(gunzipSync(packed).toString('latin1')), 'latin1'))
}

/** With more keys than a page, several keys of one revision, an empty value, bytes that are no text, and a lease. */
async function sampleStore(): Promise<Store> {
  const store = createMemoryStore({ clock: new VirtualClock() })
  for (let i = 0; i < 1200; i++) await put(store, `/many/${i}`, bytes(`/many/${i}`))
  const { id } = await store.grantLease(10_000)
  await put(store, '/leased', Uint8Array.from([0, 10, 255, 0xd0]), { leaseId: id })
  const operations = ['/x', '/y'].map((key) => ({ type: 'put' as const, key, value: bytes(key) }))
  await store.txn({ compares: [], operations })
  await put(store, '/empty', new Uint8Array())
  return store
}

function temporaryDirectory(): Disposable & { readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'navarch-snapshot-'))
  return { directory, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) }
}
