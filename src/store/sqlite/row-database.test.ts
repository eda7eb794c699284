import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { bytes, failsWith } from '../contract/sample.ts'
import { databaseError } from './database-error.ts'
import { logFileOf, openDatabaseFile } from './database-file.ts'
import type { CommitRequest } from './message.ts'
import { packRows, unpackRows } from './row.ts'
import { RowDatabase } from './row-database.ts'

const syncFailed = 1034
const diskFull = 13

for (const [what, code, reason] of [
  ['a sync that fails', syncFailed, 'Degraded'],
  ['a full disk', diskFull, 'StoreFull'],
] as const) {
  test(`${what} fails its commit with ${reason}; the next one goes through, and only what went through is there`, () => {
    using place = temporaryFile()
    const faulty = faultyDatabase(place.file)
    const database = new RowDatabase(place.file, faulty.database)
    database.commit(putOf(2, 'one'))
    faulty.failNext('COMMIT', code)
    assert.throws(
      () => database.commit(putOf(3, 'lost')),
      (error) => failsWith(reason)(databaseError(error, place.file)),
    )
    database.commit(putOf(3, 'two'))
    database.close()
    assert.deepEqual(textsOf(place.file), ['one', 'two'])
  })
}

test('while the log cannot be moved, or written to, no commit goes through', () => {
  using place = temporaryFile()
  const faulty = faultyDatabase(place.file)
  const database = new RowDatabase(place.file, faulty.database)
  database.commit(putOf(2, 'one'))
  faulty.failNext('COMMIT', syncFailed)
  assert.throws(() => database.commit(putOf(3, 'lost')))
  faulty.failNext('PRAGMA user_version', syncFailed)
  assert.throws(() => database.commit(putOf(3, 'lost')))
  assert.throws(() => {
    faulty.failNext('PRAGMA user_version', syncFailed)
    database.recover()
  })
  database.recover()
  database.commit(putOf(3, 'two'))
  database.close()
  assert.deepEqual(textsOf(place.file), ['one', 'two'])
})

test('what a failed commit left in the log is void once the database has recovered', () => {
  using place = temporaryFile()
  const faulty = faultyDatabase(place.file)
  const database = new RowDatabase(place.file, faulty.database)
  database.commit(putOf(2, 'one'))
  const logBefore = readFileSync(logFileOf(place.file))
  faulty.failNext('COMMIT', syncFailed)
  assert.throws(() => database.commit(putOf(3, 'lost')))
  database.recover()
  // A log with another salt in its header starts anew: older frames behind it do not count.
  assert.notDeepEqual(readFileSync(logFileOf(place.file)).subarray(16, 24), logBefore.subarray(16, 24))
  database.close()
})

test('a file that holds more than was acknowledged is never trusted again', () => {
  using place = temporaryFile()
  const faulty = faultyDatabase(place.file)
  const database = new RowDatabase(place.file, faulty.database)
  database.commit(putOf(2, 'one'))
  faulty.failAfterNext('COMMIT', syncFailed)
  assert.throws(() => database.commit(putOf(3, 'told as lost')))
  for (let attempt = 0; attempt < 2; attempt++) assert.throws(() => database.commit(putOf(3, 'two')), failsWith('Corrupt'))
  database.close()
})

function putOf(revision: number, text: string): CommitRequest {
  const row = { row: revision * 1024, key: `/${text}`, value: bytes(text), createRevision: revision, version: 1, lease: 0 }
  return { rows: packRows([row]), grantedLeases: [], revokedLeases: [], compaction: undefined }
}

function textsOf(file: string): string[] {
  const database = new RowDatabase(file)
  const texts: string[] = []
  database.load((rows) => texts.push(...Array.from(unpackRows(rows), ({ value }) => new TextDecoder().decode(value))))
  database.close()
  return texts
}

type Faulty = {
  readonly database: DatabaseSync
  /** The next statement that starts so is not run, and fails. */
  failNext(start: string, errcode: number): void
  /** The same, but it is run: a success that is told as a failure. */
  failAfterNext(start: string, errcode: number): void
}

/** A real database that fails when it is told to, as SQLite does when the system fails it. */
function faultyDatabase(file: string): Faulty {
  const real = openDatabaseFile(file)
  let fault: { readonly start: string; readonly errcode: number; readonly isLate: boolean } | undefined
  const exec = (sql: string): void => {
    const due = fault !== undefined && sql.startsWith(fault.start) ? fault : undefined
    if (due === undefined || due.isLate) real.exec(sql)
    if (due === undefined) return
    fault = undefined
    throw Object.assign(new Error('injected'), { code: 'ERR_SQLITE_ERROR', errcode: due.errcode })
  }
  const database = new Proxy(real, {
    get(target, name) {
      if (name === 'exec') return exec
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return {
    database,
    failNext: (start, errcode) => {
      fault = { start, errcode, isLate: false }
    },
    failAfterNext: (start, errcode) => {
      fault = { start, errcode, isLate: true }
    },
  }
}

function temporaryFile(): Disposable & { readonly file: string } {
  const directory = mkdtempSync(join(tmpdir(), 'navarch-store-'))
  return { file: join(directory, 'store.db'), [Symbol.dispose]: () => rmSync(directory, { recursive: true }) }
}
