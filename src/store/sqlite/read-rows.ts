/**
 * Reads all rows in chunks, checked. A start has to read everything there is, so the values of a chunk are joined by SQLite and arrive as one:
 * that takes half the time of fetching them one by one.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import type { ChecksumCheck } from './checksum.ts'
import { numbersPerRow, type PackedRows, unpackRows } from './row.ts'

/** A chunk lives in memory as long as one value of it does, so chunks are small. */
const chunkBytes = 256 * 1024

/** Gives the rows in order. Fails with Corrupt where one is not as it was written. */
export function* readRows(database: DatabaseSync, file: string, check: ChecksumCheck): Generator<PackedRows, void> {
  const select = database.prepare(
    'SELECT row, key, create_revision, version, lease, checksum, chain, length(value) FROM version ORDER BY row',
  )
  // Arrays come quicker than objects.
  select.setReturnArrays(true)
  const join = database.prepare(
    "SELECT CAST(group_concat(CAST(value AS TEXT), '') AS BLOB) AS joined FROM version WHERE row BETWEEN ? AND ?",
  )
  let chunk = new Chunk()
  for (const record of select.iterate()) {
    chunk.add(record as unknown as readonly unknown[])
    if (chunk.bytes < chunkBytes) continue
    yield checked(chunk.packed(join, file), check)
    chunk = new Chunk()
  }
  yield checked(chunk.packed(join, file), check)
  check.finish()
}

function checked(rows: PackedRows, check: ChecksumCheck): PackedRows {
  for (const row of unpackRows(rows)) check.take(row)
  return rows
}

class Chunk {
  readonly #keys: string[] = []
  readonly #numbers: number[] = []
  /** Of keys and values. */
  bytes = 0
  #valueBytes = 0
  #last = 0

  add([row, key, createRevision, version, lease, checksum, chain, length]: readonly unknown[]): void {
    const valueLength = Number(length ?? 0)
    const text = String(key)
    this.#keys.push(text)
    this.#numbers.push(Number(row), Number(createRevision), Number(version), Number(lease), valueLength, Number(checksum), Number(chain))
    this.#last = Number(row)
    this.#valueBytes += valueLength
    this.bytes += valueLength + text.length
  }

  packed(join: StatementSync, file: string): PackedRows {
    const numbers = Float64Array.from(this.#numbers)
    const joined = numbers.length < numbersPerRow ? undefined : join.get(numbers[0] ?? 0, this.#last)?.['joined']
    const values = joined instanceof Uint8Array ? joined : new Uint8Array()
    if (values.length === this.#valueBytes) return { keys: this.#keys, numbers, values: values as Uint8Array<ArrayBuffer> }
    const message = `${file}: values before ${this.#keys.at(-1)} are damaged: restore the store from a snapshot`
    throw new StoreError('Corrupt', message)
  }
}
