/** Waits until deleted objects are gone: until the name is free, or belongs to another object. */
import { sleep } from '#base/env/clock'
import { ignoreNotFound } from '#meta/status'
import type { Call } from '../command.ts'
import { CommandError } from '../errors.ts'
import { getObject, type Target, watchObjects } from '../resources/access.ts'

export type Gone = Target & { readonly uid: string }

const pollMs = 1000

/** Throws a CommandError in upstream's words when time is up. */
export async function waitUntilGone(call: Call, targets: readonly Gone[], timeoutMs: number): Promise<void> {
  const endMs = call.host.clock.monotonicMs() + timeoutMs
  for (const target of targets) await waitForOne(call, target, endMs)
}

async function waitForOne(call: Call, target: Gone, endMs: number): Promise<void> {
  const { clock } = call.host
  for (;;) {
    const found = await ignoreNotFound(getObject(call.cluster, target))
    if (found === undefined || found.metadata.uid !== target.uid) return
    const leftMs = endMs - clock.monotonicMs()
    if (leftMs <= 0) throw new CommandError(`timed out waiting for the condition on ${target.resource.plural}/${target.name}`)
    const stop = new AbortController()
    const resourceVersion = found.metadata.resourceVersion
    await Promise.race([
      deletionSeen(call, target, resourceVersion, stop.signal),
      sleep(clock, Math.min(leftMs, 60 * pollMs), stop.signal).catch(() => undefined),
    ])
    stop.abort()
  }
}

/** Resolves when the watch tells of the deletion, or ends: the caller looks again either way. */
async function deletionSeen(call: Call, target: Gone, resourceVersion: string | undefined, signal: AbortSignal): Promise<void> {
  try {
    for await (const frame of await watchObjects(call.cluster, target, { resourceVersion }, signal))
      if (frame.type === 'DELETED' || frame.type === 'ERROR') return
  } catch (error) {
    if (signal.aborted) return
    // Not every resource can be watched; then the name is looked up once a second.
    if (error instanceof Error) await sleep(call.host.clock, pollMs, signal).catch(() => undefined)
  }
}
