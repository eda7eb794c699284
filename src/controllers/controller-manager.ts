/** All controllers of one process, over shared caches. Used by `main.ts`, and by a control plane in one process. */
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { Informers } from '#client/informers'
import { ApiEventRecorder } from '#reconcile/api-event-recorder'
import type { EventRecorder } from '#reconcile/event-recorder'
import type { RunnerDeps } from '#reconcile/runner'
import { allControllers, type ControllerOptions } from './all-controllers.ts'

/**
 * `informers` may be shared with others of the process; without them, own ones are made and ended. `clientOf` gives the client
 * that a controller writes with, by its name; without it, all use `client`.
 */
export type ControllerManagerDeps = Env &
  Pick<RunnerDeps, 'client' | 'observeQueue'> & { readonly informers?: Informers; readonly clientOf?: (controllerName: string) => Client }

/** Runs until the signal is aborted. Rejects, and stops all, when a controller ends in a failure that it cannot repeat. */
export async function runControllers(deps: ControllerManagerDeps, options: ControllerOptions, signal: AbortSignal): Promise<void> {
  await using own = deps.informers === undefined ? new Informers(deps) : undefined
  const stop = new AbortController()
  const running = AbortSignal.any([signal, stop.signal])
  const recorders: Promise<void>[] = []
  const eventsBy =
    (client: Client) =>
    (component: string): EventRecorder => {
      const recorder = new ApiEventRecorder({ ...deps, client }, { component })
      recorders.push(recorder.run(running))
      return recorder
    }
  const informers = deps.informers ?? own ?? new Informers(deps)
  const loops = allControllers(options).map(async ({ name, run }) => {
    const client = deps.clientOf?.(name) ?? deps.client
    try {
      await run({ ...deps, client, informers, eventsOf: eventsBy(client) }, running)
    } catch (error) {
      if (running.aborted) return
      throw new Error(`controller "${name}" failed`, { cause: error })
    }
  })
  try {
    await Promise.all(loops)
  } finally {
    stop.abort(new Error('the controllers are stopping'))
    await Promise.allSettled([...loops, ...recorders])
  }
}
