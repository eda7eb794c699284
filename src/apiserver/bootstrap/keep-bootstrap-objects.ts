/** Repairs the bootstrap objects from time to time, for as long as the server runs. */
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Client } from '#client/client'
import { type BootstrapOptions, repairBootstrapObjects } from './ensure-bootstrap-objects.ts'

/** As often as upstream looks after its service; the others it looks after each minute. */
const periodMs = 10_000

export async function keepBootstrapObjects(
  { clock, log, client }: { readonly clock: Clock; readonly log: Log; readonly client: Client },
  options: BootstrapOptions,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await sleep(clock, periodMs, signal)
      await repairBootstrapObjects(client, options, signal)
    } catch (error) {
      if (signal.aborted) return
      log.warn('a bootstrap object could not be repaired', { error })
    }
  }
}
