/** Keeps the cluster's own logs small while its programs run; the supervisor does it when one starts. */
import { copyFile, stat, truncate } from 'node:fs/promises'
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { logFileOf, type Places } from './supervisor.ts'

const bytesMax = 10 << 20
const intervalMs = 60_000

/** Runs until the signal is aborted. */
export async function keepLogsSmall(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  places: Places,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const name of names) {
      const path = logFileOf(places, name)
      await rotateIfLarge(path, bytesMax).catch((error: unknown) => log.warn('log not rotated, will try again', { path, error }))
    }
    await sleep(clock, intervalMs, signal).catch(() => undefined)
  }
}

/** Copied and emptied, not renamed: the program goes on writing to the file that it has open. Two generations are kept. */
export async function rotateIfLarge(path: string, limit: number): Promise<void> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0
  if (size < limit) return
  await copyFile(path, `${path}.1`)
  await truncate(path)
}
