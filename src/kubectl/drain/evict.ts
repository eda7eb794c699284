/** Asks a pod to go, as often as its disruption budget refuses, and waits until it is gone. */
import { sleep } from '#base/env/clock'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { Call } from '../command.ts'
import { CommandError, messageOf } from '../errors.ts'
import { createObject, deleteObject, type Target } from '../resources/access.ts'
import { waitUntilGone } from '../wait/gone.ts'

export type EvictionOptions = {
  /** Negative: the pod's own. */
  readonly gracePeriodSeconds: number
  /** Deletes, whatever disruption budgets say. */
  readonly deletes: boolean
  readonly dryRun: 'All' | undefined
  readonly timeoutMs: number
}

const retryMs = 5000

/** `uid` tells the pod from a later one of its name. */
export async function removePod(call: Call, pod: Target & { readonly uid: string }, options: EvictionOptions): Promise<void> {
  const grace = options.gracePeriodSeconds < 0 ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }
  const dryRun = options.dryRun === undefined ? {} : { dryRun: [options.dryRun] }
  if (options.deletes)
    await ignoreNotFound(deleteObject(call.cluster, pod, { kind: 'DeleteOptions', apiVersion: 'v1', ...grace, ...dryRun }))
  else await evict(call, pod, { ...grace, ...dryRun }, options.timeoutMs)
  if (options.dryRun === undefined) await waitUntilGone(call, [pod], options.timeoutMs)
}

async function evict(call: Call, pod: Target, deleteOptions: object, timeoutMs: number): Promise<void> {
  const { clock } = call.host
  const endMs = clock.monotonicMs() + timeoutMs
  const { name, namespace } = pod
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions }
  for (;;) {
    try {
      await ignoreNotFound(createObject(call.cluster, pod, eviction, {}, 'eviction'))
      return
    } catch (error) {
      if (!hasReason(error, 'TooManyRequests'))
        throw new CommandError(`error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${messageOf(error)}`)
      call.err(
        `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${messageOf(error)}\n`,
      )
      if (clock.monotonicMs() + retryMs > endMs)
        throw new CommandError(
          `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: global timeout reached: ${timeoutMs / 1000}s`,
        )
      await sleep(clock, retryMs, call.signal)
    }
  }
}
