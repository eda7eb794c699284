/** A row as SQLite gives it: columns in the order `row, key, create_revision, version, lease, checksum, chain, value`. */
import type { CheckedRow } from './row.ts'

/** The row of a record that was read as an array. */
export function rowOf(record: unknown): CheckedRow {
  const [row, key, createRevision, version, lease, checksum, chain, value] = record as readonly unknown[]
  return {
    row: Number(row),
    key: String(key),
    createRevision: Number(createRevision),
    version: Number(version),
    lease: Number(lease),
    checksum: Number(checksum),
    chain: Number(chain),
    // SQLite gives an empty value back as NULL.
    value: value instanceof Uint8Array ? value : nothing,
  }
}

const nothing = new Uint8Array()
