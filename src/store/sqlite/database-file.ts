/** Opens the SQLite file: private to its owner, held by one process, of a schema that this version knows. */
import { accessSync, chmodSync, closeSync, constants, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import { applicationId, createTables, schemaVersion, upgradeTables } from './schema.ts'
import { settleLog } from './settle-log.ts'

/**
 * A small page makes a small commit small on disk: a page is written whole, to the log and to the file. Fixed when a file is made;
 * older files keep theirs.
 */
const pageBytes = 1024

/** The log keeps so much of its room for the next round; after a burst the rest is given back. */
const logBytesKept = 8 * 2 ** 20

/** Opens the file, making it and its directory if need be. Throws StoreErrors and SQLite's own. */
export function openDatabaseFile(file: string): DatabaseSync {
  makePrivateFile(file)
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    // The lock is taken by the first access and held until close or death, so no lock file can be left behind.
    database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA locking_mode = EXCLUSIVE`)
    refuseForeign(database, file)
    settleLog(logFileOf(file))
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0`)
    database.exec(`PRAGMA journal_size_limit = ${logBytesKept}; PRAGMA cache_size = -16000; BEGIN IMMEDIATE`)
    if (isEmpty(database)) createTables(database)
    else bringUpToDate(database, file)
    database.exec('COMMIT')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLite's write-ahead log of a database file. */
export function logFileOf(file: string): string {
  return `${file}-wal`
}

function makePrivateFile(file: string): void {
  const directory = dirname(file)
  try {
    makeDurableDirectory(directory)
    const there = sizeOf(file)
    refuseLoneLog(file, there ?? 0)
    // Never open and close a file that SQLite has open in this process: that would drop its locks.
    if (there !== undefined) return chmodSync(file, 0o600)
    closeSync(openSync(file, 'wx', 0o600))
    syncDirectory(directory)
  } catch (error) {
    if (error instanceof StoreError) throw error
    const why = error instanceof Error ? error.message : String(error)
    const message = `cannot open or make ${file}: ${why}: check that the directory is there, is writable and belongs to this user`
    throw new StoreError('Unavailable', message, { cause: error })
  }
}

/** SQLite would throw the log of an empty database away. */
function refuseLoneLog(file: string, size: number): void {
  const log = logFileOf(file)
  if (size > 0 || (sizeOf(log) ?? 0) === 0) return
  const advice = `bring back the file that belongs to it, or restore a snapshot into another directory`
  throw new StoreError('Corrupt', `${file} is missing or empty, but its log ${log} is not: ${advice}`)
}

/** Undefined where there is nothing. */
function sizeOf(file: string): number | undefined {
  const there = statSync(file, { throwIfNoEntry: false })
  if (there !== undefined && !there.isFile())
    throw new StoreError('Unavailable', `${file} is not a file: move it, or choose another directory`)
  return there?.size
}

/**
 * Makes the directory and what is above it, so that a cut of power does not take it away with all that is in it.
 * One that is there is synced too: the process that made it may have been killed just then.
 */
function makeDurableDirectory(directory: string): void {
  const whole = resolve(directory)
  const firstMade = mkdirSync(whole, { recursive: true, mode: 0o700 })
  if (firstMade === undefined) return syncParentIfReadable(whole)
  for (let made = whole; made.length >= firstMade.length; made = dirname(made)) syncDirectory(dirname(made))
}

/** A directory that an operator prepared may lie in one that is not ours to read; then its name was made durable by others. */
function syncParentIfReadable(directory: string): void {
  try {
    accessSync(dirname(directory), constants.R_OK)
  } catch {
    return
  }
  syncDirectory(dirname(directory))
}

/** Makes names that were added to, or removed from, a directory durable. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function refuseForeign(database: DatabaseSync, file: string): void {
  if (isEmpty(database) || readNumber(database, 'PRAGMA application_id', 'application_id') === applicationId) return
  throw new StoreError('Corrupt', `${file} is a database, but not a store of Navarch: choose another directory`)
}

function bringUpToDate(database: DatabaseSync, file: string): void {
  const version = readNumber(database, 'SELECT version FROM schema_version', 'version')
  if (version > schemaVersion) {
    const message = `${file} has schema version ${version}, this version of Navarch knows up to ${schemaVersion}: use the newer Navarch`
    throw new StoreError('SchemaTooNew', message)
  }
  if (version < 1) throw new StoreError('Corrupt', `${file} does not tell its schema version: restore it from a snapshot`)
  upgradeTables(database, version)
}

function isEmpty(database: DatabaseSync): boolean {
  return readNumber(database, 'SELECT count(*) AS tables FROM sqlite_schema', 'tables') === 0
}

/** The number in the named column of the first row; zero if there is none. */
export function readNumber(database: DatabaseSync, sql: string, column: string): number {
  return Number(database.prepare(sql).get()?.[column] ?? 0)
}
