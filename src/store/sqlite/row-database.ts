/**
 * The rows on disk: read whole at start, then appended to. Each commit is one SQLite transaction with an fsync. Runs in the worker thread.
 *
 * A commit that failed leaves the disk in doubt: its bytes may lie in the log, and the system may show what never reached the disk. So before
 * anything else is done, `recover` moves what was acknowledged out of the log, starts the log anew, and compares with what is known here.
 */
import { statSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { rowsPerRevision } from '../embedded/version.ts'
import { StoreError } from '../store-error.ts'
import { addChecksum, ChecksumCheck, type CompactionState, nextChain, rowChecksum } from './checksum.ts'
import { openDatabaseFile, readNumber } from './database-file.ts'
import type { CommitRequest, StoredHead, StoredLease, Verified } from './message.ts'
import { readRows } from './read-rows.ts'
import { type PackedRows, type Row, unpackRows } from './row.ts'
import { verifyRows } from './verify-rows.ts'

/** The write-ahead log is moved into the database when it has grown by so much. */
const checkpointBytes = 4 * 2 ** 20
/** What a commit adds to the log besides its values: its pages are written whole. */
const commitOverheadBytes = 4096
/** What a dropped row adds: the page it was on, and a part of the list of free pages. */
const droppedRowBytes = 2048

/** What was acknowledged last. */
type Head = { readonly row: number; readonly chain: number; readonly compaction: CompactionState; readonly leaseCount: number }

export class RowDatabase {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  readonly #deleteRow: StatementSync
  #head: Head
  #isInDoubt = false
  #bytesSinceCheckpoint = 0
  #fileBytes = 0

  /** `database` stands in for the one that would be opened. */
  constructor(file: string, database: DatabaseSync = openDatabaseFile(file)) {
    this.#file = file
    this.#database = database
    this.#insert = database.prepare('INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    this.#deleteRow = database.prepare('DELETE FROM version WHERE row = ? RETURNING checksum')
    this.#head = this.#storedHead()
    this.checkpoint()
  }

  get sizeBytes(): number {
    return this.#fileBytes + this.#bytesSinceCheckpoint
  }

  get compaction(): CompactionState {
    return this.#head.compaction
  }

  /** Room inside of the file that later commits use before the file grows. */
  get freeBytes(): number {
    const pages = readNumber(this.#database, 'PRAGMA freelist_count', 'freelist_count')
    return pages * readNumber(this.#database, 'PRAGMA page_size', 'page_size')
  }

  /** Reads and checks all rows in order, chunk by chunk; then gives the rest. Fails with Corrupt, naming the first bad row. */
  load(take: (rows: PackedRows) => void): StoredHead {
    for (const rows of readRows(this.#database, this.#file, new ChecksumCheck(this.#file, this.#head.compaction))) take(rows)
    return {
      leases: readLeases(this.#database),
      nextLeaseNumber: readNumber(this.#database, "SELECT seq FROM sqlite_sequence WHERE name = 'lease'", 'seq') + 1,
      sizeBytes: this.sizeBytes,
    }
  }

  commit(request: CommitRequest): void {
    if (this.#isInDoubt) this.recover()
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const head = this.#write(request)
      this.#database.exec('COMMIT')
      this.#head = head
      this.#bytesSinceCheckpoint += request.rows.values.length + commitOverheadBytes
      this.#bytesSinceCheckpoint += (request.compaction?.rows.length ?? 0) * droppedRowBytes
    } catch (error) {
      this.#isInDoubt = true
      this.#rollBack()
      throw error
    }
  }

  /**
   * Makes sure that the file holds what was acknowledged and nothing else, durably, and that it can be written to. Fails with Corrupt if it
   * holds something else, which only another look at the start can judge.
   */
  recover(): void {
    this.#isInDoubt = true
    this.#rollBack()
    const { busy, log, checkpointed } = this.#database.prepare('PRAGMA wal_checkpoint(RESTART)').get() ?? {}
    if (busy !== 0 || log !== checkpointed)
      throw new StoreError('Degraded', `${this.#file}: its log could not be moved into it: look at the disk`)
    // The first commit after this starts the log anew: whatever the failed one left there is void. It has to change something, or
    // SQLite leaves it out: the number of recoveries.
    const recoveryCount = readNumber(this.#database, 'PRAGMA user_version', 'user_version')
    this.#database.exec(`PRAGMA user_version = ${(recoveryCount + 1) % 2 ** 31}`)
    const stored = this.#storedHead()
    if (JSON.stringify(stored) !== JSON.stringify(this.#head)) {
      const message = `${this.#file}: after a failed write it does not hold what was acknowledged: check the disk, then restart the process`
      throw new StoreError('Corrupt', message)
    }
    this.#bytesSinceCheckpoint = 0
    this.#isInDoubt = false
  }

  /** Some rows, from the given one on, as they lie on disk. */
  verify(fromRow: number): Verified {
    return verifyRows(this.#database, this.#head.compaction.revision, fromRow)
  }

  /** What SQLite itself finds wrong with the file: pages, free pages, order. Takes long. */
  verifyPages(): readonly string[] {
    const found = this.#database.prepare('PRAGMA quick_check(20)').all()
    return found.map((record) => String(Object.values(record)[0])).filter((text) => text !== 'ok')
  }

  /** Moves the log into the database if it has grown. A failure costs nothing: the log still has all, and it is tried again. */
  checkpointIfDue(): void {
    if (this.#isInDoubt || this.#bytesSinceCheckpoint < checkpointBytes) return
    try {
      this.checkpoint()
    } catch {
      // What the disk does not take now is told by the next commit, if it still does not.
      this.#isInDoubt = true
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

  #rollBack(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
  }

  #write(request: CommitRequest): Head {
    let { row: newestRow, chain, compaction, leaseCount } = this.#head
    for (const row of unpackRows(request.rows)) {
      chain = this.#append(row, chain)
      newestRow = row.row
    }
    for (const { id, ttlMs } of request.grantedLeases) this.#database.prepare('INSERT INTO lease VALUES (?, ?)').run(id, ttlMs)
    for (const id of request.revokedLeases) this.#database.prepare('DELETE FROM lease WHERE id = ?').run(id)
    leaseCount += request.grantedLeases.length - request.revokedLeases.length
    if (request.compaction !== undefined) {
      compaction = this.#compact(compaction, request.compaction)
      newestRow = this.#newestRow()
    }
    return { row: newestRow, chain, compaction, leaseCount }
  }

  #append(row: Row, chainBefore: number): number {
    const checksum = rowChecksum(row)
    const chain = nextChain(chainBefore, checksum)
    const { key, value, createRevision, version, lease } = row
    this.#insert.run(row.row, key, createRevision, version, lease, checksum, chain, value)
    return chain
  }

  #compact(before: CompactionState, { revision, currentRevision, rows }: NonNullable<CommitRequest['compaction']>): CompactionState {
    const span = [firstRowAfter(before.revision), firstRowAfter(revision)]
    const added = this.#database.prepare('SELECT sum(checksum) AS total FROM version WHERE row >= ? AND row < ?').get(...span)?.['total']
    const last = this.#database.prepare('SELECT chain FROM version WHERE row >= ? AND row < ? ORDER BY row DESC LIMIT 1').get(...span)
    let checksumSum = addChecksum(before.checksumSum, Number(added ?? 0) % 2 ** 32)
    for (const row of rows) checksumSum = addChecksum(checksumSum, -Number(this.#deleteRow.get(row)?.['checksum'] ?? 0))
    const chain = last === undefined ? before.chain : Number(last['chain'])
    this.#database
      .prepare('UPDATE compaction SET revision = ?, current_revision = ?, chain = ?, checksum_sum = ?')
      .run(revision, currentRevision, chain, checksumSum)
    return { revision, currentRevision, chain, checksumSum }
  }

  #storedHead(): Head {
    const compaction = readCompaction(this.#database)
    const row = this.#newestRow()
    const last = this.#database.prepare('SELECT chain FROM version WHERE row = ? AND row >= ?').get(row, firstRowAfter(compaction.revision))
    const leaseCount = readNumber(this.#database, 'SELECT count(*) AS count FROM lease', 'count')
    return { row, chain: last === undefined ? compaction.chain : Number(last['chain']), compaction, leaseCount }
  }

  #newestRow(): number {
    return readNumber(this.#database, 'SELECT max(row) AS row FROM version', 'row')
  }
}

function firstRowAfter(revision: number): number {
  return (revision + 1) * rowsPerRevision
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
