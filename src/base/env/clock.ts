/**
 * Time as a dependency. Everything below `main.ts` asks this interface, so that a whole
 * cluster can run under a virtual clock.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch; may jump. */
  nowMs(): number
  /** Milliseconds that only ever grow; for durations, never for dates. */
  monotonicMs(): number
  /** Calls `fire` once after `delayMs`; disposing it first prevents that. */
  setTimer(delayMs: number, fire: () => void): Disposable
}

/** Node refuses longer timers: it would fire them at once. */
const timerMsMax = 2 ** 31 - 1

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, fire) {
    const timer = setTimeout(fire, Math.min(Math.max(delayMs, 0), timerMsMax))
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
}

/** Resolves after `delayMs`; rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      timer[Symbol.dispose]()
      reject(signal?.reason)
    }
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** The clock's wall time as RFC 3339 with whole seconds, as Kubernetes writes `metav1.Time`. */
export function nowRfc3339(clock: Clock): string {
  return rfc3339(clock.nowMs())
}

/** The clock's wall time as RFC 3339 with microseconds, as Kubernetes writes `metav1.MicroTime`. */
export function nowRfc3339Micro(clock: Clock): string {
  return new Date(clock.nowMs()).toISOString().replace('Z', '000Z')
}

/** The last second that was written: most callers write the one that is now, thousands of times. */
let written = { second: Number.NaN, text: '' }

/** Milliseconds since the epoch as RFC 3339 with whole seconds, in UTC. */
export function rfc3339(epochMs: number): string {
  const second = Math.floor(epochMs / 1000)
  if (second !== written.second) written = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` }
  return written.text
}
