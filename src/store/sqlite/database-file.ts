/** Opens the SQLite file: private to its owner, held by one process, of a schema that this version knows. */
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'

/** The version of the schema below. A store of a newer one is refused, one of an older one is upgraded in place. */
const schemaVersion = 1

/** Marks the file as ours, in SQLite's own header: 'NVRC'. */
const applicationId = 0x4e565243

const schema = `
  CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;
  -- One row per version of a key, in the order in which they were made; version 0 is a deletion.
  CREATE TABLE version (
    row INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    value BLOB,
    create_revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    chain INTEGER NOT NULL
  ) STRICT;
  -- What the last compaction left: its revision, the store's revision then, the chain at it, and the sum of the checksums kept before it.
  CREATE TABLE compaction (
    revision INTEGER NOT NULL,
    current_revision INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    checksum_sum INTEGER NOT NULL
  ) STRICT;
  -- AUTOINCREMENT remembers the highest number ever given, so that none is given twice.
  CREATE TABLE lease (id INTEGER PRIMARY KEY AUTOINCREMENT, ttl_ms INTEGER NOT NULL) STRICT;
  -- As etcd: the first write gets revision 2.
  INSERT INTO compaction VALUES (0, 1, 0, 0);
  INSERT INTO schema_version VALUES (${schemaVersion});
  PRAGMA application_id = ${applicationId};
`

/** Opens the file, making it and its directory if need be. Throws StoreErrors and SQLite's own. */
export function openDatabaseFile(file: string): DatabaseSync {
  makePrivateFile(file)
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    // The lock is taken by the first access and held until close or death, so no lock file can be left behind.
    database.exec('PRAGMA locking_mode = EXCLUSIVE')
    refuseForeign(database, file)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; BEGIN IMMEDIATE')
    if (isEmpty(database)) database.exec(schema)
    database.exec('COMMIT')
    refuseNewer(database, file)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function makePrivateFile(file: string): void {
  const directory = dirname(file)
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    // Never open and close a file that SQLite has open in this process: that would drop its locks.
    if (existsSync(file)) return chmodSync(file, 0o600)
    closeSync(openSync(file, 'wx', 0o600))
    syncDirectory(directory)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StoreError('Unavailable', `cannot make ${file}: ${why}`, { cause: error })
  }
}

function syncDirectory(directory: string): void {
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

function refuseNewer(database: DatabaseSync, file: string): void {
  const version = readNumber(database, 'SELECT version FROM schema_version', 'version')
  if (version <= schemaVersion) return
  const message = `${file} has schema version ${version}, this version of Navarch knows up to ${schemaVersion}: use the newer Navarch`
  throw new StoreError('SchemaTooNew', message)
}

function isEmpty(database: DatabaseSync): boolean {
  return readNumber(database, 'SELECT count(*) AS tables FROM sqlite_schema', 'tables') === 0
}

/** The number in the named column of the first row; zero if there is none. */
export function readNumber(database: DatabaseSync, sql: string, column: string): number {
  return Number(database.prepare(sql).get()?.[column] ?? 0)
}
