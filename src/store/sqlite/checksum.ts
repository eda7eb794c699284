/**
 * How damage is found: each row carries a checksum of itself and, in `chain`, of all rows before it since the last compaction.
 * Of what compaction left behind, the sum of the checksums is kept. So a changed, a lost and a misplaced row are all noticed at start.
 */
import { crc32 } from 'node:zlib'
import { revisionOfRow } from '../embedded/version.ts'
import { StoreError } from '../store-error.ts'
import type { CheckedRow, Row } from './row.ts'

/** What the last compaction left behind, as it is stored. */
export type CompactionState = {
  readonly revision: number
  readonly currentRevision: number
  readonly chain: number
  readonly checksumSum: number
}

/** The checksum of everything a row holds. */
export function rowChecksum({ row, key, value, createRevision, version, lease }: Row): number {
  return crc32(value, crc32(`${row}\n${key}\n${createRevision}\n${version}\n${lease}\n`))
}

/** The chain's next value. Order matters, unlike in a sum. */
export function nextChain(chain: number, checksum: number): number {
  return (Math.imul(chain ^ checksum, 0x01000193) + 0x9e3779b9) >>> 0
}

/** Sums of checksums stay within 32 bits. */
export function addChecksum(sum: number, checksum: number): number {
  return (sum + checksum) >>> 0
}

/** Checks rows in the order in which they lie on disk. Fails with Corrupt, naming the first that is not as it was written. */
export class ChecksumCheck {
  readonly #file: string
  readonly #compaction: CompactionState
  #checksumSum = 0
  #chain: number

  constructor(file: string, compaction: CompactionState) {
    this.#file = file
    this.#compaction = compaction
    this.#chain = compaction.chain
  }

  take(row: CheckedRow): void {
    const revision = revisionOfRow(row.row)
    const checksum = rowChecksum(row)
    if (checksum !== row.checksum) throw damaged(this.#file, `the value of ${row.key} at revision ${revision}`)
    if (revision <= this.#compaction.revision) {
      this.#checksumSum = addChecksum(this.#checksumSum, checksum)
      return
    }
    this.#chain = nextChain(this.#chain, checksum)
    if (this.#chain !== row.chain)
      throw damaged(this.#file, `the history before ${row.key} at revision ${revision}, where a row is missing,`)
  }

  /** Call behind the last row. */
  finish(): void {
    if (this.#checksumSum === this.#compaction.checksumSum) return
    throw damaged(this.#file, `the state at revision ${this.#compaction.revision}, where a key is missing or too many,`)
  }
}

function damaged(file: string, what: string): StoreError {
  return new StoreError('Corrupt', `${file}: ${what} is damaged: restore the store from a snapshot`)
}
