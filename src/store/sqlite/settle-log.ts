/**
 * Makes sure that the write-ahead log which a crash left behind is on disk as it is read. After a sync that failed, the system may go on
 * showing bytes that never reached the disk; a log that is trusted although it is not there would lose, or mix, commits at the next power
 * cut. So what is there is written once more, at its place, and synced. The log is small, and an orderly end leaves none.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'

const chunkBytes = 2 ** 20

/** Call while the database is locked for others and before the log is moved into it. */
export function settleLog(logFile: string): void {
  const handle = openIfThere(logFile)
  if (handle === undefined) return
  try {
    const length = fstatSync(handle).size
    if (length === 0) return
    const chunk = new Uint8Array(chunkBytes)
    for (let at = 0; at < length; ) {
      const count = readSync(handle, chunk, 0, chunk.length, at)
      if (count === 0) break
      writeFully(handle, chunk.subarray(0, count), at)
      at += count
    }
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function writeFully(handle: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done, bytes.length - done, at + done)
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r+')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
