/** SQLite's failures in the store's words. */
import { StoreError, type StoreErrorReason } from '../store-error.ts'

/** Translates what was thrown while working on the file. */
export function databaseError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error
  const { reason, advice } = explanationOf(error)
  const cause = error instanceof Error ? error.message : String(error)
  return new StoreError(reason, `${file}: ${cause}: ${advice}`, { cause: error })
}

type Explanation = { readonly reason: StoreErrorReason; readonly advice: string }

const degraded: Explanation = {
  reason: 'Degraded',
  advice: 'the disk did not take it, so nothing was acknowledged; look at the disk; the store goes on by itself when the disk does',
}
const unavailable: Explanation = { reason: 'Unavailable', advice: 'check that the directory exists, is writable and belongs to this user' }
const corrupt: Explanation = { reason: 'Corrupt', advice: 'the file is damaged or not a store: restore it from a snapshot' }
const full: Explanation = {
  reason: 'StoreFull',
  advice: 'the disk is full: delete objects or make room on the disk, and the store goes on by itself',
}

/** By SQLite's primary result code. */
const explanations: Readonly<Record<number, Explanation>> = {
  3: unavailable,
  5: { reason: 'Locked', advice: 'another process has this store open: stop it first' },
  8: unavailable,
  11: corrupt,
  13: full,
  14: unavailable,
  26: corrupt,
}

/** By the system's, for files that are not SQLite's. */
const systemExplanations: Readonly<Record<string, Explanation>> = {
  EACCES: unavailable,
  EPERM: unavailable,
  EROFS: unavailable,
  ENOSPC: full,
  EDQUOT: full,
}

function explanationOf(error: unknown): Explanation {
  if (!(error instanceof Error)) return degraded
  if ('errcode' in error && typeof error.errcode === 'number') return explanations[error.errcode & 0xff] ?? degraded
  if ('code' in error && typeof error.code === 'string') return systemExplanations[error.code] ?? degraded
  return degraded
}
