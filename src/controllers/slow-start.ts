/**
 * Does a thing many times, in batches that double: if the first fails, as under an exhausted quota, it is one
 * failed request and not five hundred.
 */

export type SlowStart = { readonly doneCount: number; readonly error?: unknown }

/** Stops after the first batch with a failure; the error is the first of that batch. `act` gets the number of its turn. */
export async function slowStart(count: number, act: (turn: number) => Promise<unknown>): Promise<SlowStart> {
  let doneCount = 0
  for (let batch = 1; doneCount < count; batch *= 2) {
    const first = doneCount
    const results = await Promise.allSettled(Array.from({ length: Math.min(batch, count - first) }, (_, turn) => act(first + turn)))
    doneCount += results.filter(({ status }) => status === 'fulfilled').length
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) return { doneCount, error: failed.reason }
  }
  return { doneCount }
}
