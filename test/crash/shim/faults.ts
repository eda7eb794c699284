/** The faults that the shim makes, steered through a file that it has mapped: a change takes effect with the process's next call. */
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { constants } from 'node:os'

/** The calls that are hit, and how. */
export type Fault = {
  readonly calls: readonly (keyof typeof callBits)[]
  /** What the call fails with; without it, it only takes time. */
  readonly error?: 'EIO' | 'ENOSPC'
  /** Matching calls that pass first. */
  readonly after?: number
  /** Matching calls that are hit then; without it, all until the fault is lifted. */
  readonly times?: number
  /** Half of what a hit write was to write is written, instead of nothing. */
  readonly isShort?: boolean
  readonly sleepMs?: number
}

/** Syncs that are said to be made and are not, as by a disk that lies. */
export type Lie = keyof typeof lieBits

const callBits = { write: 1, sync: 2, truncate: 4, open: 8 }
const lieBits = { log: 1, database: 2, directory: 4 }
/** As `struct faults` in the shim: nine numbers of four bytes. */
const byteLength = 36

export class FaultFile implements Disposable {
  readonly path: string
  readonly #handle: number

  /** Makes the file, which says that nothing fails. Lies hold for the whole life of the process. */
  constructor(path: string, lies: readonly Lie[] = []) {
    this.path = path
    this.#handle = openSync(path, 'w+', 0o600)
    ftruncateSync(this.#handle, byteLength)
    const lie = Buffer.alloc(4)
    lie.writeUInt32LE(lies.reduce((bits, name) => bits | lieBits[name], 0))
    writeSync(this.#handle, lie, 0, 4, 32)
  }

  /** From now on the fault is made. */
  inject({ calls, error, after = 0, times = -1, isShort = false, sleepMs = 0 }: Fault): void {
    const bytes = Buffer.alloc(32)
    // The calls are armed last, by the first word: until then nothing of it counts.
    bytes.writeUInt32LE(error === undefined ? 0 : constants.errno[error], 4)
    bytes.writeInt32LE(after, 8)
    bytes.writeInt32LE(times, 12)
    bytes.writeUInt32LE(isShort ? 1 : 0, 16)
    bytes.writeUInt32LE(sleepMs, 20)
    this.lift()
    writeSync(this.#handle, bytes, 4, 28, 4)
    bytes.writeUInt32LE(
      calls.reduce((bits, name) => bits | callBits[name], 0),
      0,
    )
    writeSync(this.#handle, bytes, 0, 4, 0)
  }

  /** From now on nothing fails. */
  lift(): void {
    writeSync(this.#handle, Buffer.alloc(4), 0, 4, 0)
  }

  /** Calls hit since the last fault was injected. */
  hitCount(): number {
    const bytes = Buffer.alloc(4)
    readSync(this.#handle, bytes, 0, 4, 24)
    return bytes.readUInt32LE()
  }

  [Symbol.dispose](): void {
    closeSync(this.#handle)
  }
}
