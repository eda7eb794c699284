/** The one shape of `navarch` commands: declared flags, and a run that gets the world handed in. */
import type { Clock } from '#base/env/clock'
import type { Random } from '#base/env/random'
import type { FlagTable, FlagValues } from '#component/flags'
import { stringFlag } from '#component/flags'

/** What a command may use of its process. */
export type Host = {
  readonly clock: Clock
  readonly random: Random
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The words that start this program again: Node and the entry file. */
  readonly self: readonly string[]
  readonly version: string
}

/** What stands on the command line beside the flags' values. */
export type Line = {
  readonly args: readonly string[]
  /** The flags that were given, as opposed to those that have their default. */
  readonly given: ReadonlySet<string>
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal
}

export type LocalCommand<F extends FlagTable = FlagTable> = {
  readonly name: string
  readonly summary: string
  /** What follows the flags, for help: `FILE|-`. */
  readonly usage: string
  readonly flags: F
  /** Resolves with the exit status. Throws a LocalError for what the user can mend. */
  run(host: Host, flags: FlagValues<F>, line: Line): Promise<number>
}

/** Keeps a command's own flag types inside and lets a list hold all commands. */
export function localCommand<F extends FlagTable>(command: LocalCommand<F>): LocalCommand {
  return command as unknown as LocalCommand
}

export const dataDirFlag = { 'data-dir': stringFlag('/var/lib/navarch', 'where the cluster keeps everything') }
