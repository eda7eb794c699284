/** Waits until an object is as wanted: looks, then follows it, and looks again when the watch ends. */
import { sleep } from '#base/env/clock'
import { ignoreNotFound } from '#meta/status'
import type { Call } from '../command.ts'
import { CommandError } from '../errors.ts'
import { getObject, type Target, watchObjects } from '../resources/access.ts'
import type { AnyObject } from '../resources/unstructured.ts'

export type Patience = { readonly timeoutMs: number; readonly timeoutMessage: string }

/** Gets each state of the object, undefined where it is not there; true ends the wait. */
export type Judge = (object: AnyObject | undefined) => boolean

const retryMs = 1000

/** Throws a CommandError with the patience's message when time is up. */
export async function waitFor(call: Call, target: Target, patience: Patience, isSatisfied: Judge): Promise<void> {
  const stop = new AbortController()
  const ended = new CommandError(patience.timeoutMessage)
  const hasEnd = Number.isFinite(patience.timeoutMs)
  using _timer = hasEnd ? call.host.clock.setTimer(patience.timeoutMs, () => stop.abort(ended)) : undefined
  try {
    while (!(await lookAndFollow(call, target, isSatisfied, stop.signal, patience.timeoutMs > 0)))
      await sleep(call.host.clock, retryMs, stop.signal)
  } catch (error) {
    throw stop.signal.aborted ? ended : error
  } finally {
    stop.abort()
  }
}

/** Whether the object came to be as wanted before the watch ended. */
async function lookAndFollow(call: Call, target: Target, isSatisfied: Judge, signal: AbortSignal, follows: boolean): Promise<boolean> {
  const found = await ignoreNotFound(getObject(call.cluster, target))
  if (isSatisfied(found)) return true
  if (!follows) return false
  const resourceVersion = found?.metadata.resourceVersion
  for await (const { type, object } of await watchObjects(call.cluster, target, { resourceVersion }, signal)) {
    if (type === 'ERROR') return false
    if (type === 'BOOKMARK') continue
    if (isSatisfied(type === 'DELETED' ? undefined : (object as AnyObject))) return true
  }
  signal.throwIfAborted()
  return false
}
