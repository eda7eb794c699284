/**
 * Why a program of the cluster cannot start, as its log tells it: whatever keeps it alive would start it again and again, and whoever waits
 * for it would wait in vain.
 */
import { open, stat } from 'node:fs/promises'
import { type Clock, sleep } from '#base/env/clock'
import { LocalError } from '../settings.ts'
import { logFileOf, type Places } from './supervisor.ts'

const lookAgainMs = 100

export type StartWatch = {
  /** Does the work, unless a program says meanwhile that it cannot start: then the work is aborted, and what it said is thrown. */
  during<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>
}

/** What the logs say from now on. `giveUp` runs before a failure is thrown. */
export async function watchStart(names: readonly string[], places: Places, clock: Clock, giveUp: () => Promise<void>): Promise<StartWatch> {
  const logs = await Promise.all(
    names.map(async (name) => {
      const path = logFileOf(places, name)
      return { name, path, start: await sizeOf(path) }
    }),
  )
  const failure = async () => {
    for (const { name, path, start } of logs) {
      const message = startFailureIn(await textFrom(path, start))
      if (message !== undefined) return `${name} cannot start: ${message} (see "navarch logs ${name}")`
    }
    return undefined
  }
  return {
    async during(work, signal) {
      const over = new AbortController()
      const either = AbortSignal.any([signal, over.signal])
      const failed = untilFailure(failure, clock, either)
      try {
        return await Promise.race([work(either), failed])
      } catch (error) {
        // Whatever ended the work: what a program says of itself tells more.
        const message = signal.aborted ? undefined : await failure()
        if (message === undefined) throw error
        over.abort()
        await giveUp()
        throw new LocalError(message, { cause: error })
      } finally {
        over.abort()
        failed.catch(() => {}) // it is over, one way or the other
      }
    },
  }
}

/** The last line that a program of ours, containerd or etcd ends with when it gives up. */
export function startFailureIn(log: string): string | undefined {
  return (
    /^(?:Error|containerd): (?<message>.+)$/m.exec(log)?.groups?.['message'] ??
    /level=fatal.* msg="(.+?)"/.exec(log)?.[1] ??
    /"level":"fatal".*"error":"(.+?)"/.exec(log)?.[1]
  )
}

async function untilFailure(failure: () => Promise<string | undefined>, clock: Clock, signal: AbortSignal): Promise<never> {
  for (;;) {
    const message = await failure()
    if (message !== undefined) throw new LocalError(message)
    await sleep(clock, lookAgainMs, signal)
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => ({ size: 0 }))).size
}

async function textFrom(path: string, start: number): Promise<string> {
  const size = await sizeOf(path)
  if (size <= start) return ''
  await using file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
  return buffer.toString('utf8', 0, bytesRead)
}
