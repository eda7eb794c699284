/**
 * One version of a key as it lies on disk, and many of them packed into few buffers, so that a batch crosses to the other thread
 * without copying value by value.
 */

/** A stored version. */
export type Row = {
  /** Revision and place in it, see `embedded/version.ts`. */
  readonly row: number
  readonly key: string
  readonly value: Uint8Array
  readonly createRevision: number
  /** Zero where the key was deleted. */
  readonly version: number
  /** Zero where there is none. */
  readonly lease: number
}

/** A row and what was stored with it to find damage, see `checksum.ts`. */
export type CheckedRow = Row & { readonly checksum: number; readonly chain: number }

/** Rows in the order given; `values` holds their values one behind the other. */
export type PackedRows = {
  readonly keys: readonly string[]
  readonly numbers: Float64Array<ArrayBuffer>
  readonly values: Uint8Array<ArrayBuffer>
}

/** Row, createRevision, version, lease, length of the value, checksum, chain. */
export const numbersPerRow = 7

/** Copies the rows into fresh buffers, which may be transferred. */
export function packRows(rows: readonly (Row & Partial<CheckedRow>)[]): PackedRows {
  const numbers = new Float64Array(rows.length * numbersPerRow)
  const values = new Uint8Array(rows.reduce((sum, { value }) => sum + value.length, 0))
  let at = 0
  let offset = 0
  for (const { row, value, createRevision, version, lease, checksum = 0, chain = 0 } of rows) {
    numbers[at++] = row
    numbers[at++] = createRevision
    numbers[at++] = version
    numbers[at++] = lease
    numbers[at++] = value.length
    numbers[at++] = checksum
    numbers[at++] = chain
    values.set(value, offset)
    offset += value.length
  }
  return { keys: rows.map(({ key }) => key), numbers, values }
}

/** The rows again; their values are views into the packed ones. */
export function* unpackRows({ keys, numbers, values }: PackedRows): Generator<CheckedRow, void> {
  let at = 0
  let offset = 0
  const next = () => numbers[at++] ?? 0
  for (const key of keys) {
    const row = next()
    const createRevision = next()
    const version = next()
    const lease = next()
    const end = offset + next()
    yield { row, key, value: values.subarray(offset, end), createRevision, version, lease, checksum: next(), chain: next() }
    offset = end
  }
}

/** The buffers to hand over instead of copying. */
export function buffersOf(rows: PackedRows): ArrayBuffer[] {
  return [rows.numbers.buffer, rows.values.buffer]
}
