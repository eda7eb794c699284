/** The one shape of every kubectl command: a declaration that drives parsing, help and the list of commands, and a run. */
import type { Clock } from '#base/env/clock'
import type { Random } from '#base/env/random'
import type { FlagTable, FlagValues } from '#component/flags'
import type { Cluster } from './cluster.ts'

/** What kubectl may use of its process. */
export type Host = {
  readonly clock: Clock
  readonly random: Random
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The headings under which help lists commands. */
export type CommandGroup = 'basic' | 'inspect' | 'deploy' | 'cluster' | 'debug' | 'advanced' | 'settings' | 'other'

export type Command<F extends FlagTable = FlagTable> = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  /** Further paragraphs of help. */
  readonly description?: string
  /** Lines of `# why` and `kubectl ...`. */
  readonly examples?: readonly (readonly [why: string, line: string])[]
  /** What follows the command's name in its usage line. */
  readonly usage: string
  readonly flags: F
  /** Resolves with the exit status; nothing means 0. */
  run(call: Call<F>): Promise<number | void>
}

/** A command that holds others, such as `rollout`. */
export type CommandFamily = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  readonly members: readonly CommandEntry[]
  /** What it does by itself where no member is named, as `create -f`. */
  readonly own?: Command
}

/** A place in the list of commands; code is loaded when the command is called. */
export type CommandEntry = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly group: CommandGroup
  readonly summary: string
  readonly load: () => Promise<Command | CommandFamily>
}

/** One invocation. */
export type Call<F extends FlagTable = FlagTable> = {
  /** `kubectl rollout status`. */
  readonly path: string
  readonly flags: FlagValues<F>
  /** The flags that stood on the command line. */
  readonly given: ReadonlySet<string>
  readonly args: readonly string[]
  /** How many of `args` stood before `--`; undefined where there was none. */
  readonly dashAt: number | undefined
  readonly cluster: Cluster
  readonly host: Host
  readonly signal: AbortSignal
  /** Writes to standard output. */
  readonly out: (text: string) => void
  /** Writes to standard error. */
  readonly err: (text: string) => void
}

/** Keeps a command's own flag types inside and lets a list hold all commands. */
export function defineCommand<F extends FlagTable>(command: Command<F>): Command {
  return command as unknown as Command
}
