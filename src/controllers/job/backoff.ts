/** How long a job waits before it replaces failed pods: ten seconds, twice as long after each further failure. Pure. */
import type { Pod } from '#kinds/core/pod/pod.kind'
import { finishedAtMs } from './job-pod.ts'

/** Failures since the last success; `lastFailureMs` is there when there are some. */
export type Backoff = { readonly failureCount: number; readonly lastFailureMs: number }

export const noBackoff: Backoff = { failureCount: 0, lastFailureMs: 0 }

const firstMs = 10_000
const longestMs = 600_000

/** The record after pods that were not counted before. */
export function backoffAfter(before: Backoff, succeeded: readonly Pod[], failed: readonly Pod[]): Backoff {
  const lastSuccessMs = Math.max(-Infinity, ...succeeded.map(finishedAtMs))
  const failures = failed.map(finishedAtMs).filter((ms) => ms > lastSuccessMs)
  const base = succeeded.length > 0 ? noBackoff : before
  if (failures.length === 0) return base
  return { failureCount: base.failureCount + failures.length, lastFailureMs: Math.max(...failures) }
}

/** Zero where the next pod may be made now. */
export function backoffRemainingMs({ failureCount, lastFailureMs }: Backoff, nowMs: number): number {
  if (failureCount === 0) return 0
  // The exponent is capped: a shift further than this is over the longest wait anyway.
  const waitMs = Math.min(firstMs * 2 ** Math.min(failureCount - 1, 10), longestMs)
  return Math.max(lastFailureMs + waitMs - nowMs, 0)
}
