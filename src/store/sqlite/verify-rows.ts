/** Looks at some rows on disk once more, while the store goes on: are they as they were written, and is none missing between them. */
import type { DatabaseSync } from 'node:sqlite'
import { revisionOfRow } from '../embedded/version.ts'
import { nextChain, rowChecksum } from './checksum.ts'
import type { Verified } from './message.ts'
import { rowOf } from './row-record.ts'

/** Few, since commits wait for it. */
const rowCountMax = 200

/** Reads on behind the row; the row itself is read again, for the link to the next. */
export function verifyRows(database: DatabaseSync, compactRevision: number, fromRow: number): Verified {
  const select = database.prepare(
    'SELECT row, key, create_revision, version, lease, checksum, chain, value FROM version WHERE row >= ? ORDER BY row LIMIT ?',
  )
  select.setReturnArrays(true)
  const rows = select.all(fromRow, rowCountMax + 1).map(rowOf)
  const problems: string[] = []
  let chain: number | undefined
  for (const row of rows) {
    const revision = revisionOfRow(row.row)
    if (row.row > fromRow && rowChecksum(row) !== row.checksum)
      problems.push(`${row.key}: its value of revision ${revision} is not what was written`)
    if (chain !== undefined && nextChain(chain, row.checksum) !== row.chain)
      problems.push(`${row.key}: a row before its revision ${revision} is missing or changed`)
    chain = revision > compactRevision ? row.chain : undefined
  }
  const last = rows.length > rowCountMax ? rows.at(-1)?.row : undefined
  return { problems, rowCount: rows.length, nextRow: last }
}
