/** The text of a file that others replace now and then, such as a token: read again once a minute. */
import { readFile } from 'node:fs/promises'
import type { Clock } from '#base/env/clock'

const freshForMs = 60_000

export function rereadFile(path: string, clock: Clock): () => Promise<string> {
  let held: { readonly text: string; readonly untilMs: number } | undefined
  return async () => {
    if (held !== undefined && clock.monotonicMs() < held.untilMs) return held.text
    try {
      held = { text: (await readFile(path, 'utf8')).trim(), untilMs: clock.monotonicMs() + freshForMs }
    } catch (error) {
      // While it is being replaced, what was read before still serves.
      if (held === undefined) throw error
    }
    return held.text
  }
}
