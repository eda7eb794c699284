/** Waiting until the caches have reached a revision that a client has seen elsewhere. */
import { type Clock, sleep } from '#base/env/clock'
import { StatusError } from '#meta/status'
import type { StoreFeed } from '../cache/store-feed.ts'

/** As upstream: so long a read waits for a revision that is not there yet. */
const waitMsMax = 3000

/** Undefined if the revision is there; rejects with 504 if it does not come. */
export function reached(feed: StoreFeed, clock: Clock, revision: number): Promise<void> | undefined {
  return feed.revision >= revision ? undefined : waitFor(feed, clock, revision)
}

async function waitFor(feed: StoreFeed, clock: Clock, revision: number): Promise<void> {
  const stop = new AbortController()
  const timeout = sleep(clock, waitMsMax, stop.signal).then(
    () => 'late' as const,
    () => 'stopped' as const,
  )
  const outcome = await Promise.race([feed.waitFor(revision), timeout])
  stop.abort()
  if (outcome === 'late') throw tooLargeRevision(revision, feed.revision)
}

/** A revision that this server has not reached. */
export function tooLargeRevision(revision: number, current: number): StatusError {
  return new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

/** The revision that a get or a watch names. As upstream, which answers 500 here and 400 for a list. */
export function exactRevision(resourceVersion: string): number {
  if (/^[0-9]+$/.test(resourceVersion)) return Number(resourceVersion)
  const shown = JSON.stringify(resourceVersion)
  throw new StatusError(500, '', `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`)
}
