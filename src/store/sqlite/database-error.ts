/** SQLite's failures in the store's words. */
import { StoreError, type StoreErrorReason } from '../store-error.ts'

/** Translates what was thrown while working on the file. */
export function databaseError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error
  const { reason, advice } = explanations[primaryCode(error)] ?? degraded
  const cause = error instanceof Error ? error.message : String(error)
  return new StoreError(reason, `${file}: ${cause}: ${advice}`, { cause: error })
}

type Explanation = { readonly reason: StoreErrorReason; readonly advice: string }

const degraded: Explanation = { reason: 'Degraded', advice: 'nothing was written; look at the disk' }
const unavailable: Explanation = { reason: 'Unavailable', advice: 'check that the directory exists, is writable and belongs to this user' }
const corrupt: Explanation = { reason: 'Corrupt', advice: 'the file is damaged or not a store: restore it from a snapshot' }

/** By SQLite's primary result code. */
const explanations: Readonly<Record<number, Explanation>> = {
  3: unavailable,
  5: { reason: 'Locked', advice: 'another process has this store open: stop it first' },
  8: unavailable,
  11: corrupt,
  13: { reason: 'StoreFull', advice: 'the disk is full: make room, and the store goes on by itself' },
  14: unavailable,
  26: corrupt,
}

function primaryCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof code === 'number' ? code & 0xff : -1
}
