/** A pod on its way to a node, with what its attempts so far tell. */
import type { PodFacts } from '../framework/pod-facts.ts'

/** `taken`: being decided about or being bound. */
export type QueuePlace = 'active' | 'backoff' | 'unschedulable' | 'gated' | 'taken'

export type QueuedPod = {
  pod: PodFacts
  place: QueuePlace
  /** When it was last queued or tried. */
  queuedMs: number
  readonly firstSeenMs: number
  attemptCount: number
  /** In a row. */
  unschedulableCount: number
  errorCount: number
  /** The plugins whose events may help. */
  rejectedBy: ReadonlySet<string>
}

export type BackoffTimes = { readonly initialMs: number; readonly maxMs: number }

// As upstream (podInitialBackoffSeconds, podMaxBackoffSeconds).
export const defaultBackoff: BackoffTimes = { initialMs: 1000, maxMs: 10_000 }

/** Until when the pod is not tried again: the pause doubles with each failure in a row. */
export function backoffEndMs(queued: QueuedPod, { initialMs, maxMs }: BackoffTimes): number {
  const failureCount = queued.errorCount > 0 ? queued.errorCount : queued.unschedulableCount
  if (failureCount === 0) return queued.queuedMs
  return queued.queuedMs + Math.min(initialMs * 2 ** (failureCount - 1), maxMs)
}
