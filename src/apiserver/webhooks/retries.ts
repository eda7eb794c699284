/** Asks a service again that has failed, after growing pauses. */
import { type Clock, sleep } from '#base/env/clock'

/** As upstream: five calls, each pause half as long again as the one before. */
const callCountMax = 5
const growth = 1.5

export async function withRetries<T>(call: () => Promise<T>, clock: Clock, firstPauseMs: number, signal: AbortSignal): Promise<T> {
  let pauseMs = firstPauseMs
  for (let count = 1; ; count++) {
    try {
      return await call()
    } catch (error) {
      if (count === callCountMax || signal.aborted) throw error
    }
    await sleep(clock, pauseMs, signal)
    pauseMs *= growth
  }
}
