/** kubectl: from a command line to a command, and from what it throws to words and an exit status. */
import { FlagError, type FlagTable } from '#component/flags'
import { Cluster } from './cluster.ts'
import type { Call, Command, CommandEntry, CommandFamily, Host } from './command.ts'
import { allCommands, comingCommands } from './commands/all-commands.ts'
import { CommandError, failureOf, UsageError } from './errors.ts'
import { type GlobalValues, globalFlags } from './global-flags.ts'
import { commandHelp, familyHelp, rootHelp } from './help.ts'
import { helpWanted, parseLine } from './parse.ts'
import { findPlugin } from './plugin/plugins.ts'
import { runPlugin } from './plugin/run-plugin.ts'
import { suggestions } from './suggestions.ts'

/** Resolves with the exit status. */
export async function kubectl(argv: readonly string[], host: Host): Promise<number> {
  try {
    if (argv[0] === '__complete') return await complete(argv.slice(1), host)
    return await descend({ path: 'kubectl', members: allCommands, argv, given: new Map(), host })
  } catch (error) {
    const { text, exitStatus } = failureOf(error)
    host.stderr.write(text)
    return exitStatus
  }
}

/** What the completion script of the shell asks for, a candidate a line. */
async function complete(words: readonly string[], host: Host): Promise<number> {
  const { candidates } = await import('./completion/candidates.ts')
  host.stdout.write((await candidates(words, host)).map((word) => `${word}\n`).join(''))
  return 0
}

type Step = {
  readonly path: string
  readonly members: readonly CommandEntry[]
  readonly family?: CommandFamily
  readonly argv: readonly string[]
  /** Global flags that stood before the command. */
  readonly given: ReadonlyMap<string, unknown>
  readonly host: Host
}

/** Finds the command that the next word names, in the list or the family at hand. */
async function descend(step: Step): Promise<number> {
  const { path, members, host, family } = step
  const table = { ...globalFlags, ...family?.own?.flags }
  const [line, isHelp] = await parsed(() => parseLine(table, step.argv, { stopsAtWord: true }), path)
  const [word, ...rest] = line?.rest ?? []
  if (isHelp || (family === undefined && (word === undefined || (word === 'help' && rest.length === 0)))) {
    host.stdout.write(family === undefined ? rootHelp() : familyHelp(path, family))
    return 0
  }
  if (word === 'help' && family === undefined) return await descend({ ...step, argv: [...rest, '--help'] })
  const entry = members.find(({ name, aliases = [] }) => name === word || aliases.includes(word ?? ''))
  if (entry === undefined) return await withoutMember(step, word === undefined ? [] : [word, ...rest])
  const given = new Map([...step.given, ...(line?.values ?? [])])
  const loaded = await entry.load()
  const next = { path: `${path} ${loaded.name}`, argv: rest, given, host }
  return 'members' in loaded ? await descend({ ...next, members: loaded.members, family: loaded }) : await runCommand(loaded, next)
}

/** No member is named: the family may have something to do itself. */
async function withoutMember(step: Step, words: readonly string[]): Promise<number> {
  const { path, family, host, argv, given } = step
  if (family?.own !== undefined) return await runCommand(family.own, { path, argv, given, host })
  const [word] = words
  if (family !== undefined && word === undefined) {
    host.stderr.write(familyHelp(path, family))
    return 1
  }
  if (family === undefined) {
    const plugin = await findPlugin(words, host.environment)
    if (plugin !== undefined) return await runPlugin(plugin.path, plugin.args, host)
  }
  return unknownCommand(step, words)
}

async function runCommand(command: Command, { path, argv, given, host }: Omit<Step, 'members'>): Promise<number> {
  const table: FlagTable = { ...globalFlags, ...command.flags }
  const [line, isHelp] = await parsed(() => parseLine(table, argv), path)
  if (isHelp || line === undefined) {
    host.stdout.write(commandHelp(path, command))
    return 0
  }
  const values = Object.fromEntries([...Object.entries(table).map(([name, flag]) => [name, flag.default]), ...given, ...line.values])
  // A command's own flag hides a global one of its name, such as the --user of `create rolebinding`.
  const hidden = Object.keys(command.flags).filter((name) => Object.hasOwn(globalFlags, name))
  const globals = {
    ...values,
    ...Object.fromEntries(
      Object.entries(globalFlags)
        .filter(([name]) => hidden.includes(name))
        .map(([name, flag]) => [name, given.get(name) ?? flag.default]),
    ),
  }
  // Both kinds of flags were parsed by one table, whose types the parser cannot know.
  const cluster = new Cluster(globals as GlobalValues, host)
  const stop = new AbortController()
  const call: Call = {
    path,
    flags: values,
    given: new Set([...given.keys(), ...line.values.keys()]),
    args: line.args,
    dashAt: line.dashAt,
    cluster,
    host,
    signal: stop.signal,
    out: (text) => void host.stdout.write(text),
    err: (text) => void host.stderr.write(text),
  }
  try {
    const status = (await command.run(call)) ?? 0
    if (status === 0 && cluster.flags['warnings-as-errors'] && cluster.warningCount > 0) throw warningsAreErrors(cluster.warningCount)
    return status
  } catch (error) {
    if (error instanceof UsageError) throw new CommandError(`${error.message}\nSee '${path} -h' for help and examples`)
    throw error
  } finally {
    stop.abort()
    await cluster.close()
  }
}

function warningsAreErrors(count: number): CommandError {
  return new CommandError(`${count} ${count === 1 ? 'warning' : 'warnings'} received`)
}

/** What `parse` gives, or that help was asked for. */
async function parsed<T>(parse: () => T, path: string): Promise<readonly [T | undefined, boolean]> {
  try {
    return [parse(), false]
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
    if (error.message === helpWanted) return [undefined, true]
    throw new CommandError(`${error.message}\nSee '${path} --help' for usage.`)
  }
}

function unknownCommand({ path, members, family, host }: Step, words: readonly string[]): number {
  const [word = ''] = words
  const coming = family === undefined ? comingCommands.find((name) => name === word) : undefined
  if (coming !== undefined) {
    host.stderr.write(
      `error: ${path} ${word} is not part of Navarch's kubectl yet: use the real kubectl for it, with the same kubeconfig\n`,
    )
    return 1
  }
  const near = suggestions(
    word,
    members.map(({ name }) => name),
  )
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((name) => `\t${name}`).join('\n')}`
  if (family === undefined) host.stderr.write(`error: unknown command ${JSON.stringify(word)} for "kubectl"${hint}\n`)
  else host.stderr.write(`error: unknown command ${JSON.stringify(words.join(' '))}\nSee '${path} -h' for help and examples\n`)
  return 1
}
