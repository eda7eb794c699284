/**
 * How damage is found: each row carries a checksum of itself and, in `chain`, of all rows before it since the last compaction.
 * Of what compaction left behind, the sum of the checksums is kept. So a changed, a lost and a misplaced row are all noticed at start.
 */
import { crc32 } from 'node:zlib'
import type { Row } from './row.ts'

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
