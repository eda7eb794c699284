/** Keeps container logs small: a file past its size gets a date in its name, the runtime opens a new one, old ones go. */
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'

export type LogFile = { readonly containerId: string; readonly path: string }
export type RotateLogsDeps = {
  readonly clock: Clock
  readonly log: Log
  /** Logs of the containers that run now. */
  readonly running: () => readonly LogFile[]
  /** Makes the runtime write to a new file under the old name. */
  readonly reopen: (containerId: string) => Promise<void>
}
export type RotationLimits = { readonly bytesMax: number; readonly fileCountMax: number }

/** Upstream's `containerLogMaxSize` and `containerLogMaxFiles`. */
export const rotationLimitsDefault: RotationLimits = { bytesMax: 10 << 20, fileCountMax: 5 }
const intervalMs = 10_000

/** Runs until the signal is aborted. */
export async function rotateLogs(deps: RotateLogsDeps, limits: RotationLimits, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const file of deps.running()) {
      try {
        await rotateIfLarge(file, deps, limits)
      } catch (error) {
        deps.log.warn('log not rotated, will try again', { path: file.path, error })
      }
    }
    await sleep(deps.clock, intervalMs, signal).catch(() => undefined)
  }
}

export async function rotateIfLarge(
  { containerId, path }: LogFile,
  { clock, reopen }: Omit<RotateLogsDeps, 'running'>,
  limits: RotationLimits,
): Promise<void> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0
  if (size < limits.bytesMax) return
  await cleanUp(path, limits.fileCountMax - 2)
  const rotated = `${path}.${timeText(clock.nowMs())}`
  await rename(path, rotated)
  try {
    await reopen(containerId)
  } catch (error) {
    await rename(rotated, path) // The runtime goes on writing to it: it must be found under its name.
    throw error
  }
}

/** Packs what was rotated before, and keeps the newest of that. */
async function cleanUp(path: string, keepCount: number): Promise<void> {
  const directory = dirname(path)
  const prefix = `${basename(path)}.`
  const names = (await readdir(directory)).filter((name) => name.startsWith(prefix))
  for (const name of names.filter((one) => one.endsWith('.tmp'))) await rm(join(directory, name), { force: true })
  const rotated = names
    .filter((name) => !name.endsWith('.tmp'))
    .sort()
    .toReversed()
  for (const name of rotated.slice(Math.max(keepCount, 0))) await rm(join(directory, name), { force: true })
  for (const name of rotated.slice(0, Math.max(keepCount, 0))) if (!name.endsWith('.gz')) await pack(join(directory, name))
}

async function pack(path: string): Promise<void> {
  await pipeline(createReadStream(path), createGzip(), createWriteStream(`${path}.tmp`))
  await rename(`${path}.tmp`, `${path}.gz`)
  await rm(path)
}

/** `20260131-120000`, in UTC. */
function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
}
