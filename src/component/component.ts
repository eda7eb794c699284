/** What every daemon is: a name, flags, and a start that runs until it is told to stop. */
import type { Env } from '#base/env/env'
import type { FlagTable, FlagValues } from './flags.ts'

export type Component<F extends FlagTable = FlagTable> = {
  /** The upstream binary's name, such as `kube-scheduler`. */
  readonly name: string
  readonly summary: string
  readonly flags: F
  /** Runs until `signal` is aborted, then ends in good order. Rejects when it cannot start. */
  run(env: Env, values: FlagValues<F>, signal: AbortSignal): Promise<void>
}
