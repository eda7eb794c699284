/** Whether a store takes writes again without anybody's help. */
import { sleep, systemClock } from '#base/env/clock'
import { systemRandom } from '#base/env/random'
import { put, remove } from '#store/single-key'
import type { Store } from '#store/store'

/** Outside of every prefix that a workload reads as its own, but seen by watches of everything. */
const probeKey = '/probe'

/** Tries until a write goes through and the store says that all is well. Fails when that takes too long. */
export async function goesOnWithin(store: Store, timeoutMs: number): Promise<void> {
  const deadlineMs = systemClock.monotonicMs() + timeoutMs
  for (let last: unknown = 'no answer'; systemClock.monotonicMs() < deadlineMs; ) {
    try {
      // Each try has a value of its own: what is seen of it tells which one came through.
      await put(store, probeKey, new TextEncoder().encode(systemRandom.uuid()))
      const { degraded } = await store.status()
      if (degraded === undefined) return void (await remove(store, probeKey))
      last = degraded
    } catch (error) {
      last = error
    }
    await sleep(systemClock, 20)
    if (systemClock.monotonicMs() >= deadlineMs) throw new Error(`the store did not go on by itself: ${String(last)}`, { cause: last })
  }
}
