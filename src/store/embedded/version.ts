/** One version of one key: a link in the chain from the newest to the oldest that is still remembered. */
import type { Entry } from '../store.ts'

export type Version = {
  readonly revision: number
  /** Number of the row that keeps it; rises with every version ever made. */
  readonly row: number
  /** Undefined where the key was deleted. */
  readonly entry: Entry | undefined
  /** What was before; cut off by compaction. */
  older: Version | undefined
}

/** A row's number is its revision times this plus its place within the revision: the bound on operations in a transaction. */
export const rowsPerRevision = 1024

/** The revision that a row belongs to. */
export function revisionOfRow(row: number): number {
  return Math.floor(row / rowsPerRevision)
}

/** The entry as it was at the revision, if the key was there. */
export function entryAt(newest: Version, revision: number): Entry | undefined {
  let version: Version | undefined = newest
  while (version !== undefined && version.revision > revision) version = version.older
  return version?.entry
}

/** What the entry counts for in sizes. */
export function bytesOf(entry: Entry | undefined): number {
  return entry === undefined ? 0 : entry.key.length + entry.value.length
}
