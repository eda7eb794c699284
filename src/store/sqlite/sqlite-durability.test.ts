import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { VirtualClock } from '#base/env/virtual-clock'
import { bytes, failsWith, putAll, summary, take, text } from '../contract/sample.ts'
import { put, remove } from '../single-key.ts'
import type { Store } from '../store.ts'
import { upgradeTables } from './schema.ts'
import { databaseFileName, openSqliteStore } from './sqlite-store.ts'

test('after a reopen, state, history, revision and leases are as before', async () => {
  using place = temporaryDirectory()
  const first = await open(place.directory)
  const { id } = await first.grantLease(10_000)
  await putAll(first, ['/a', '/b', '/a'])
  const middle = await first.currentRevision()
  await put(first, '/leased', new Uint8Array(), { leaseId: id })
  await remove(first, '/b')
  const { entries, revision } = await first.range({ prefix: '/' })
  await first.close()

  const clock = new VirtualClock()
  await using second = await openSqliteStore({ clock, directory: place.directory })
  assert.deepEqual(await second.range({ prefix: '/' }), { entries, revision, remaining: 0 })
  const events = await take(2, second.watch({ prefix: '/', afterRevision: middle }))
  assert.deepEqual(events.map(summary), ['put /leased', 'delete /b'])
  assert.equal(text(events[1]?.previous), '/b')
  assert.notEqual((await second.grantLease(10_000)).id, id)
  const expired = take(1, second.watch({ prefix: '/leased' }))
  await clock.advance(11_000)
  assert.deepEqual((await expired).map(summary), ['delete /leased'])
})

test('after compaction and a reopen, the rest is there and the checksums hold', async () => {
  using place = temporaryDirectory()
  const first = await open(place.directory)
  for (let i = 0; i < 1500; i++) await put(first, `/k${i % 7}`, bytes(`${i}`))
  await remove(first, '/k0')
  const { revision } = await first.status()
  await first.compact(revision - 700)
  await first.compact(revision)
  const { entries } = await first.range({ prefix: '/' })
  await first.close()
  await using second = await open(place.directory)
  assert.deepEqual(await second.range({ prefix: '/' }), { entries, revision, remaining: 0 })
  assert.equal((await second.status()).compactRevision, revision)
  assert.ok((await put(second, '/new', bytes('x'))) > revision)
})

test('files are 0600 and the directory that is made is 0700', async () => {
  using place = temporaryDirectory()
  const directory = join(place.directory, 'deep', 'data')
  await using store = await open(directory)
  await put(store, '/a', bytes('one'))
  assert.equal(statSync(directory).mode & 0o777, 0o700)
  for (const name of [databaseFileName, `${databaseFileName}-wal`]) assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600)
})

test('a second opener is refused with Locked, and the first goes on', async () => {
  using place = temporaryDirectory()
  await using store = await open(place.directory)
  await put(store, '/a', bytes('one'))
  await assert.rejects(open(place.directory), failsWith('Locked'))
  const child = spawn(process.execPath, [writerPath, place.directory], { stdio: ['ignore', 'pipe', 'pipe'] })
  const complaint = once(child.stderr, 'data')
  const [status] = await once(child, 'exit')
  assert.equal(status, 1)
  assert.match(String(await complaint), /another process has this store open/)
  await put(store, '/a', bytes('two'))
})

test('a file of schema 1 is upgraded in place, whole', async () => {
  using place = temporaryDirectory()
  cpSync(new URL('./testdata/schema-1.db', import.meta.url), join(place.directory, databaseFileName))
  for (const round of ['upgraded', 'opened again']) {
    await using store = await open(place.directory)
    const { entries, revision } = await store.range({ prefix: '/' })
    assert.deepEqual(
      entries.map(({ key, modRevision, version, value }) => [key, modRevision, version, value.length]),
      [
        ['/b', 4, 2, 5],
        ['/c', 7, 1, 0],
        ['/large', 6, 1, 6000],
        ['/leased', 5, 1, 4],
      ],
      round,
    )
    assert.equal(revision, 8)
    assert.equal((await store.status()).compactRevision, 4)
    assert.equal(entries[3]?.leaseId, '1')
    assert.deepEqual((await take(1, store.watch({ prefix: '/a', afterRevision: 4 }))).map(summary), ['delete /a'])
  }
})

test('an upgrade that a crash has cut off has not happened, and is made by the next start', async () => {
  using place = temporaryDirectory()
  const file = join(place.directory, databaseFileName)
  cpSync(new URL('./testdata/schema-1.db', import.meta.url), file)
  const database = new DatabaseSync(file)
  database.exec('BEGIN')
  upgradeTables(database, 1)
  // What a crash leaves: everything is done, but not committed.
  const [left, log] = [readFileSync(file), readFileSync(`${file}-wal`)]
  database.close()
  writeFileSync(file, left)
  writeFileSync(`${file}-wal`, log)
  await using store = await open(place.directory)
  assert.equal((await store.status()).keyCount, 4)
})

test('a newer schema is refused with SchemaTooNew', async () => {
  using place = temporaryDirectory()
  await (await open(place.directory)).close()
  edit(place.directory, 'UPDATE schema_version SET version = 99')
  await assert.rejects(open(place.directory), failsWith('SchemaTooNew'))
})

for (const [what, damage] of [
  ['a changed value', "UPDATE version SET value = x'00' WHERE key = '/b'"],
  ['a changed key', "UPDATE version SET key = '/x' WHERE key = '/b'"],
  ['a lost row after the last compaction', "DELETE FROM version WHERE key = '/d'"],
  ['a lost row before the last compaction', "DELETE FROM version WHERE key = '/a'"],
  ['a misplaced row', 'UPDATE version SET row = row + 1024 * 100 WHERE row = (SELECT max(row) FROM version)'],
] as const) {
  test(`${what} is refused with Corrupt`, async () => {
    using place = temporaryDirectory()
    const store = await open(place.directory)
    await putAll(store, ['/a', '/b'])
    await store.compact(await store.currentRevision())
    await putAll(store, ['/c', '/d', '/e'])
    await store.close()
    edit(place.directory, damage)
    await assert.rejects(open(place.directory), failsWith('Corrupt'))
  })
}

test('a foreign file, and a foreign database, are refused with Corrupt', async () => {
  using place = temporaryDirectory()
  const file = join(place.directory, databaseFileName)
  writeFileSync(file, 'not a database '.repeat(100))
  await assert.rejects(open(place.directory), failsWith('Corrupt'))
  rmSync(file)
  edit(place.directory, 'CREATE TABLE other (x)')
  await assert.rejects(open(place.directory), failsWith('Corrupt'))
})

test('a directory that cannot be made is Unavailable', async () => {
  using place = temporaryDirectory()
  const file = join(place.directory, 'file')
  writeFileSync(file, '')
  await assert.rejects(open(join(file, 'below')), failsWith('Unavailable'))
})

for (let round = 0; round < 3; round++) {
  test(`SIGKILL while writing loses no acknowledged write (${round + 1})`, async () => {
    using place = temporaryDirectory()
    const acknowledged = await writeUntilKilled(place.directory, 200 + round * 333)
    await using store = await open(place.directory)
    for (const { key, revision } of acknowledged) {
      const entry = await store.get(key)
      assert.ok(entry !== undefined && entry.modRevision >= revision, `${key} of revision ${revision} is lost`)
    }
    assert.ok((await store.currentRevision()) >= (acknowledged.at(-1)?.revision ?? 0))
  })
}

const writerPath = fileURLToPath(new URL('./testdata/writer.ts', import.meta.url))

/** Kills the writer after so many answers; gives all answers that came out of it. */
async function writeUntilKilled(directory: string, answersMin: number): Promise<{ key: string; revision: number }[]> {
  const child = spawn(process.execPath, [writerPath, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged: { key: string; revision: number }[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const [key = '', revision] = line.split(' ')
    acknowledged.push({ key, revision: Number(revision) })
    if (acknowledged.length === answersMin) child.kill('SIGKILL')
  }
  assert.ok(acknowledged.length >= answersMin)
  return acknowledged
}

function open(directory: string): Promise<Store> {
  return openSqliteStore({ clock: new VirtualClock(), directory })
}

function edit(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, databaseFileName))
  database.exec(sql)
  database.close()
}

function temporaryDirectory(): Disposable & { readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'navarch-store-'))
  return { directory, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) }
}
