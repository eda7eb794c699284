/**
 * Makes a sqlite store from a dump, in a directory that has none. The entries keep their revisions, but the store's own is far ahead and
 * everything before it counts as compacted: whoever watched the store that was dumped, also after the dump, has to list anew.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { rowsPerRevision } from '../embedded/version.ts'
import type { Dump } from '../snapshot/dump.ts'
import type { Entry } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { addChecksum, rowChecksum } from './checksum.ts'
import { databaseError } from './database-error.ts'
import { logFileOf, openDatabaseFile, syncDirectory } from './database-file.ts'
import type { Row } from './row.ts'
import { databaseFileName } from './sqlite-store.ts'

const entriesPerTransaction = 5000

/**
 * Resolves with the store's new revision, once it is on disk. If the dump fails, there is no store. `revisionStep` is more than the
 * revisions that the store may have made after the dump.
 */
export async function restoreSqliteStore(directory: string, dump: Dump, revisionStep: number): Promise<number> {
  const file = join(directory, databaseFileName)
  refuseStore(directory, file)
  const unfinished = join(directory, 'restoring.db')
  // What an earlier restore that was cut off has left.
  removeDatabase(unfinished)
  try {
    const revision = await fill(unfinished, dump, revisionStep)
    renameSync(unfinished, file)
    syncDirectory(directory)
    return revision
  } catch (error) {
    removeDatabase(unfinished)
    throw databaseError(error, file)
  }
}

function refuseStore(directory: string, file: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const there = [file, logFileOf(file)].find((name) => existsSync(name))
  if (there === undefined) return
  throw new StoreError('Unavailable', `${there} is there already: restore into another directory, or move the store away`)
}

async function fill(file: string, dump: Dump, revisionStep: number): Promise<number> {
  const database = openDatabaseFile(file)
  try {
    const writer = new DumpWriter(database)
    for await (const record of dump.records) {
      if (record.type === 'lease') writer.addLease(record.lease.id, record.lease.ttlMs)
      else writer.addEntry(record.entry)
    }
    return writer.finish(dump.revision + revisionStep)
  } finally {
    // Moves the log into the file, synced.
    database.close()
  }
}

class DumpWriter {
  readonly #database: DatabaseSync
  readonly #leaseNumbers = new Map<string, number>()
  readonly #placesTaken = new Map<number, number>()
  #checksumSum = 0
  #entryCount = 0

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec('BEGIN IMMEDIATE')
  }

  /** Leases get new numbers: those of another kind of store may not fit. */
  addLease(id: string, ttlMs: number): void {
    const number = this.#leaseNumbers.size + 1
    this.#leaseNumbers.set(id, number)
    this.#database.prepare('INSERT INTO lease VALUES (?, ?)').run(number, ttlMs)
  }

  addEntry(entry: Entry): void {
    const row = this.#rowOf(entry)
    const checksum = rowChecksum(row)
    this.#checksumSum = addChecksum(this.#checksumSum, checksum)
    const { key, createRevision, version, lease, value } = row
    // Rows before the compacted revision are in no chain.
    this.#database
      .prepare('INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, 0, ?)')
      .run(row.row, key, createRevision, version, lease, checksum, value)
    if (++this.#entryCount % entriesPerTransaction === 0) this.#database.exec('COMMIT; PRAGMA wal_checkpoint(PASSIVE); BEGIN IMMEDIATE')
  }

  finish(revision: number): number {
    this.#database
      .prepare('UPDATE compaction SET revision = ?, current_revision = ?, chain = 0, checksum_sum = ?')
      .run(revision, revision, this.#checksumSum)
    this.#database.exec('COMMIT')
    return revision
  }

  #rowOf({ key, value, createRevision, modRevision, version, leaseId }: Entry): Row {
    const place = this.#placesTaken.get(modRevision) ?? 0
    if (place >= rowsPerRevision)
      throw new StoreError('Invalid', `more than ${rowsPerRevision} keys of revision ${modRevision}, such as ${key}`)
    this.#placesTaken.set(modRevision, place + 1)
    const lease = leaseId === undefined ? 0 : (this.#leaseNumbers.get(leaseId) ?? 0)
    return { row: modRevision * rowsPerRevision + place, key, value, createRevision, version, lease }
  }
}

function removeDatabase(file: string): void {
  for (const name of [file, logFileOf(file), `${file}-journal`, `${file}-shm`]) rmSync(name, { force: true })
}
