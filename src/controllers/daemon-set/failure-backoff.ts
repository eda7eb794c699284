/** Spaces out the replacement of daemons that end again and again on a node: one second, twice as long each time, a quarter of an hour at most. */

const firstMs = 1000
const longestMs = 15 * 60_000

type Record = { readonly waitMs: number; readonly atMs: number }

export class FailureBackoff {
  readonly #records = new Map<string, Record>()

  /** Zero where a replacement may come now, which is then noted. */
  attempt(key: string, nowMs: number): number {
    const before = this.#records.get(key)
    if (before !== undefined && nowMs < before.atMs + before.waitMs) return before.atMs + before.waitMs - nowMs
    // As upstream: who kept still for twice the longest wait starts anew.
    const isFresh = before === undefined || nowMs > before.atMs + 2 * longestMs
    this.#records.set(key, { waitMs: isFresh ? firstMs : Math.min(before.waitMs * 2, longestMs), atMs: nowMs })
    return 0
  }

  forget(prefix: string): void {
    for (const key of this.#records.keys()) if (key.startsWith(prefix)) this.#records.delete(key)
  }
}
