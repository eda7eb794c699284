/** What may come next on a command line: commands, flags, types and names of objects. */
import { Cluster } from '../cluster.ts'
import type { Command, CommandEntry, CommandFamily, Host } from '../command.ts'
import { allCommands } from '../commands/all-commands.ts'
import { type GlobalValues, globalFlags } from '../global-flags.ts'
import { parseLine } from '../parse.ts'
import { listObjects } from '../resources/access.ts'
import { qualifiedPlural } from '../resources/resource-catalog.ts'

/** The last of `words` is what is being typed, perhaps nothing. */
export async function candidates(words: readonly string[], host: Host): Promise<readonly string[]> {
  const typed = words.at(-1) ?? ''
  const { command, members, args } = await descend(words.slice(0, -1))
  const all = typed.startsWith('-')
    ? flagNames(command)
    : members.length > 0
      ? members.map(({ name }) => name)
      : await objectWords(words, args, host)
  return all.filter((word) => word.startsWith(typed)).toSorted()
}

type Place = { readonly command: Command | undefined; readonly members: readonly CommandEntry[]; readonly args: readonly string[] }

async function descend(words: readonly string[]): Promise<Place> {
  let members: readonly CommandEntry[] = allCommands
  let command: Command | undefined
  let rest = words
  while (members.length > 0) {
    const plain = plainWords(rest, command)
    const entry = members.find(({ name, aliases = [] }) => name === plain[0] || aliases.includes(plain[0] ?? ''))
    if (entry === undefined) return { command, members: plain.length === 0 ? members : [], args: plain }
    const loaded: Command | CommandFamily = await entry.load()
    members = 'members' in loaded ? loaded.members : []
    command = 'members' in loaded ? loaded.own : loaded
    rest = rest.slice(rest.indexOf(plain[0] ?? '') + 1)
  }
  return { command, members, args: plainWords(rest, command) }
}

/** Without flags and their values; a line that cannot be read yet has none. */
function plainWords(words: readonly string[], command: Command | undefined): readonly string[] {
  try {
    return parseLine({ ...globalFlags, ...command?.flags }, words).args
  } catch {
    return []
  }
}

function flagNames(command: Command | undefined): readonly string[] {
  return [...Object.keys(globalFlags), ...Object.keys(command?.flags ?? {})].map((name) => `--${name}`)
}

/** Types where none was given, names of their objects behind one. Without a server there are none. */
async function objectWords(words: readonly string[], args: readonly string[], host: Host): Promise<readonly string[]> {
  const cluster = new Cluster(globalValuesOf(words), host)
  try {
    const catalog = await cluster.catalog()
    const [type] = args
    if (type === undefined) return catalog.resources.filter(({ verbs }) => verbs.includes('list')).map(typeWord)
    const resource = catalog.find(type)
    if (resource === undefined) return []
    const namespace = resource.scope === 'Namespaced' ? (await cluster.namespace()).name : undefined
    const { items = [] } = await listObjects(cluster, resource, namespace)
    return items.map(({ metadata }) => metadata.name ?? '')
  } catch {
    return []
  } finally {
    await cluster.close()
  }
}

function typeWord(resource: Parameters<typeof qualifiedPlural>[0]): string {
  return ['', 'apps', 'batch'].includes(resource.group) ? resource.plural : qualifiedPlural(resource)
}

/** The global flags on the line, such as --namespace; what cannot be read is left out. */
function globalValuesOf(words: readonly string[]): GlobalValues {
  const defaults = Object.entries(globalFlags).map(([name, flag]) => [name, flag.default] as const)
  const given = words.flatMap((word, index) => {
    try {
      return [...parseLine(globalFlags, words.slice(index, index + (word.includes('=') ? 1 : 2)), { stopsAtWord: true }).values]
    } catch {
      return []
    }
  })
  // Both come from the table of global flags.
  return Object.fromEntries([...defaults, ...given]) as GlobalValues
}
