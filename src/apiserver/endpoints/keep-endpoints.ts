/** This server's place in the endpoints of the service `kubernetes`, from when it is ready to when it stops. */
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { deadline } from '#client/deadline'
import type { EndpointReconciler } from './endpoint-reconciler.ts'

export interface OwnEndpoint {
  beforeReady(): Promise<void>
  /** Resolves after the first try, whatever came of it. */
  whenReady(): Promise<void>
  /** Gives the place up, as far as the store allows; resolves when that is done. May be called again. */
  stop(): Promise<void>
}

type Deps = { readonly clock: Clock; readonly log: Log }

/** As upstream: a lease lives through one turn that fails. */
const intervalMs = 10_000
/** A store that does not answer must not keep a server from stopping. */
const removalMsMax = 5_000

/** Of several servers: what an earlier life left is removed first, since this one is not ready yet; the place is taken then, and kept. */
export function sharedEndpoint(deps: Deps, reconciler: EndpointReconciler): OwnEndpoint {
  const over = new AbortController()
  let keeping: Promise<void> = Promise.resolve()
  let stopping: Promise<void> | undefined

  const reconcile = (restoresPorts: boolean) =>
    attempt(deps, 'the endpoints of the kubernetes service are not reconciled', intervalMs, over.signal, (signal) =>
      reconciler.reconcile(restoresPorts, signal),
    )

  async function keep(): Promise<void> {
    while (!over.signal.aborted) {
      await sleep(deps.clock, intervalMs, over.signal).catch(() => undefined)
      if (!over.signal.aborted) await reconcile(false)
    }
  }

  async function stop(): Promise<void> {
    over.abort()
    await keeping
    await attempt(deps, 'unable to remove endpoints from kubernetes service', removalMsMax, neverAborted, (signal) =>
      reconciler.remove(true, signal),
    )
  }

  return {
    beforeReady: () =>
      attempt(deps, 'the endpoint of an earlier life is not removed', removalMsMax, over.signal, (signal) =>
        reconciler.remove(false, signal),
      ),
    async whenReady() {
      if (over.signal.aborted) return
      keeping = reconcile(true)
      await keeping
      keeping = keep()
    },
    stop: () => (stopping ??= stop()),
  }
}

/** Of a server that is the only one: it is always the one, and has nobody to leave the place to. */
export function soleEndpoint(deps: Deps, reconciler: EndpointReconciler): OwnEndpoint {
  return {
    beforeReady: () =>
      attempt(deps, 'the endpoints of the kubernetes service are not reconciled', intervalMs, neverAborted, (signal) =>
        reconciler.reconcile(true, signal),
      ),
    whenReady: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  }
}

export const noEndpoint: OwnEndpoint = {
  beforeReady: () => Promise.resolve(),
  whenReady: () => Promise.resolve(),
  stop: () => Promise.resolve(),
}

const neverAborted = new AbortController().signal

/** A failure is told, and left to the next turn. */
async function attempt(
  { clock, log }: Deps,
  what: string,
  timeoutMs: number,
  outer: AbortSignal,
  task: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  using limit = deadline(clock, timeoutMs, 'the store did not answer in time', outer)
  try {
    await task(limit.signal)
  } catch (error) {
    if (!outer.aborted) log.warn(what, { error })
  }
}
