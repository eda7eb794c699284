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

/** Rows in the order given; `values` holds their values one behind the other. */
export type PackedRows = {
  readonly keys: readonly string[]
  readonly numbers: Float64Array<ArrayBuffer>
  readonly values: Uint8Array<ArrayBuffer>
}

const numbersPerRow = 5

/** Copies the rows into fresh buffers, which may be transferred. */
export function packRows(rows: readonly Row[]): PackedRows {
  const numbers = new Float64Array(rows.length * numbersPerRow)
  const values = new Uint8Array(rows.reduce((sum, { value }) => sum + value.length, 0))
  let offset = 0
  for (const [i, { row, value, createRevision, version, lease }] of rows.entries()) {
    numbers.set([row, createRevision, version, lease, value.length], i * numbersPerRow)
    values.set(value, offset)
    offset += value.length
  }
  return { keys: rows.map(({ key }) => key), numbers, values }
}

/** The rows again; their values are views into the packed ones. */
export function* unpackRows({ keys, numbers, values }: PackedRows): Generator<Row, void> {
  let offset = 0
  for (const [i, key] of keys.entries()) {
    const at = i * numbersPerRow
    const [row = 0, createRevision = 0, version = 0, lease = 0, length = 0] = numbers.subarray(at, at + numbersPerRow)
    yield { row, key, value: values.subarray(offset, offset + length), createRevision, version, lease }
    offset += length
  }
}

/** The buffers to hand over instead of copying. */
export function buffersOf(rows: PackedRows): ArrayBuffer[] {
  return [rows.numbers.buffer, rows.values.buffer]
}
