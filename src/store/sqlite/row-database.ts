/**
 * The rows on disk: read whole and checked at start, then appended to. Each commit is one SQLite transaction with an fsync; if it fails,
 * nothing of it is there and the next one may succeed. Runs in the worker thread, without any state but the file's.
 */
import { statSync } from 'node:fs'
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { revisionOfRow, rowsPerRevision } from '../embedded/version.ts'
import { StoreError } from '../store-error.ts'
import { addChecksum, nextChain, rowChecksum } from './checksum.ts'
import { openDatabaseFile, readNumber } from './database-file.ts'
import type { CommitRequest, StoredHead, StoredLease } from './message.ts'
import { type PackedRows, packRows, type Row, unpackRows } from './row.ts'

/** The write-ahead log is moved into the database when it has grown by so much. */
const checkpointBytes = 4 * 2 ** 20
/** What a commit adds to the log besides its values: its pages are written whole. */
const commitOverheadBytes = 8192
/** A chunk lives in memory as long as one value of it does, so chunks are small. */
const chunkBytes = 256 * 1024

type CompactionState = { readonly revision: number; readonly currentRevision: number; readonly chain: number; readonly checksumSum: number }

export class RowDatabase {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  readonly #deleteRow: StatementSync
  #compaction: CompactionState
  #chain: number
  #bytesSinceCheckpoint = 0
  #fileBytes = 0

  constructor(file: string) {
    this.#file = file
    this.#database = openDatabaseFile(file)
    this.#insert = this.#database.prepare('INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    this.#deleteRow = this.#database.prepare('DELETE FROM version WHERE row = ? RETURNING checksum')
    this.#compaction = readCompaction(this.#database)
    this.#chain = this.#compaction.chain
    this.checkpoint()
  }

  get sizeBytes(): number {
    return this.#fileBytes + this.#bytesSinceCheckpoint
  }

  /** Reads and checks all rows in order, chunk by chunk; then gives the rest. Fails with Corrupt, naming the first bad row. */
  load(take: (rows: PackedRows) => void): StoredHead {
    let chunk: Row[] = []
    let bytes = 0
    let lastRow = 0
    for (const row of this.#checkedRows()) {
      lastRow = row.row
      chunk.push(row)
      bytes += row.value.length + row.key.length
      if (bytes < chunkBytes) continue
      take(packRows(chunk))
      chunk = []
      bytes = 0
    }
    take(packRows(chunk))
    return {
      revision: Math.max(revisionOfRow(lastRow), this.#compaction.currentRevision),
      compactRevision: this.#compaction.revision,
      leases: readLeases(this.#database),
      nextLeaseNumber: readNumber(this.#database, "SELECT seq FROM sqlite_sequence WHERE name = 'lease'", 'seq') + 1,
      sizeBytes: this.sizeBytes,
    }
  }

  commit(request: CommitRequest): void {
    const before = { chain: this.#chain, compaction: this.#compaction }
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const row of unpackRows(request.rows)) this.#append(row)
      for (const { id, ttlMs } of request.grantedLeases) this.#database.prepare('INSERT INTO lease VALUES (?, ?)').run(id, ttlMs)
      for (const id of request.revokedLeases) this.#database.prepare('DELETE FROM lease WHERE id = ?').run(id)
      if (request.compaction !== undefined) this.#compact(request.compaction)
      this.#database.exec('COMMIT')
      this.#bytesSinceCheckpoint += request.rows.values.length + commitOverheadBytes
    } catch (error) {
      this.#chain = before.chain
      this.#compaction = before.compaction
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Moves the log into the database if it has grown. A failure costs nothing: the log still has all, and it is tried again. */
  checkpointIfDue(): void {
    if (this.#bytesSinceCheckpoint < checkpointBytes) return
    try {
      this.checkpoint()
    } catch {
      // The next commit says what is wrong with the disk, if it still is.
    }
  }

  checkpoint(): void {
    this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)')
    this.#bytesSinceCheckpoint = 0
    this.#fileBytes = statSync(this.#file).size
  }

  close(): void {
    this.#database.close()
  }

  #append(row: Row): void {
    const checksum = rowChecksum(row)
    this.#chain = nextChain(this.#chain, checksum)
    const { key, value, createRevision, version, lease } = row
    this.#insert.run(row.row, key, value, createRevision, version, lease, checksum, this.#chain)
  }

  #compact({ revision, currentRevision, rows }: NonNullable<CommitRequest['compaction']>): void {
    const span = [firstRowAfter(this.#compaction.revision), firstRowAfter(revision)]
    const added = this.#database.prepare('SELECT sum(checksum) AS total FROM version WHERE row >= ? AND row < ?').get(...span)?.['total']
    const last = this.#database.prepare('SELECT chain FROM version WHERE row >= ? AND row < ? ORDER BY row DESC LIMIT 1').get(...span)
    let checksumSum = addChecksum(this.#compaction.checksumSum, Number(added ?? 0) % 2 ** 32)
    for (const row of rows) checksumSum = addChecksum(checksumSum, -Number(this.#deleteRow.get(row)?.['checksum'] ?? 0))
    const chain = last === undefined ? this.#compaction.chain : Number(last['chain'])
    this.#compaction = { revision, currentRevision, chain, checksumSum }
    this.#database
      .prepare('UPDATE compaction SET revision = ?, current_revision = ?, chain = ?, checksum_sum = ?')
      .run(revision, currentRevision, chain, checksumSum)
  }

  *#checkedRows(): Generator<Row, void> {
    let checksumSum = 0
    for (const record of this.#database.prepare('SELECT * FROM version ORDER BY row').iterate()) {
      const row = rowOf(record)
      const checksum = rowChecksum(row)
      if (checksum !== Number(record['checksum'])) throw damaged(this.#file, `the row of ${row.key} at revision ${revisionOfRow(row.row)}`)
      if (revisionOfRow(row.row) <= this.#compaction.revision) checksumSum = addChecksum(checksumSum, checksum)
      else {
        this.#chain = nextChain(this.#chain, checksum)
        if (this.#chain !== Number(record['chain']))
          throw damaged(this.#file, `a row before revision ${revisionOfRow(row.row)} is missing, it`)
      }
      yield row
    }
    if (checksumSum !== this.#compaction.checksumSum) throw damaged(this.#file, `the state at revision ${this.#compaction.revision}`)
  }
}

function damaged(file: string, what: string): StoreError {
  return new StoreError('Corrupt', `${file}: ${what} is damaged: restore the store from a snapshot`)
}

function firstRowAfter(revision: number): number {
  return (revision + 1) * rowsPerRevision
}

function rowOf(record: Record<string, SQLOutputValue>): Row {
  const { row, key, value, create_revision, version, lease } = record
  return {
    row: Number(row),
    key: String(key),
    // SQLite gives an empty value back as NULL.
    value: value instanceof Uint8Array ? value : new Uint8Array(),
    createRevision: Number(create_revision),
    version: Number(version),
    lease: Number(lease),
  }
}

function readCompaction(database: DatabaseSync): CompactionState {
  const record = database.prepare('SELECT * FROM compaction').get() ?? {}
  const { revision, current_revision, chain, checksum_sum } = record
  return { revision: Number(revision), currentRevision: Number(current_revision), chain: Number(chain), checksumSum: Number(checksum_sum) }
}

function readLeases(database: DatabaseSync): StoredLease[] {
  return database
    .prepare('SELECT id, ttl_ms FROM lease')
    .all()
    .map(({ id, ttl_ms }) => ({ id: Number(id), ttlMs: Number(ttl_ms) }))
}
