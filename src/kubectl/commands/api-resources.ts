/** `kubectl api-resources`: every type of object that the server has, each in its preferred version. */
import { boolFlag, listFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../command.ts'
import { CommandError, UsageError } from '../errors.ts'
import { TabWriter, tableOptions } from '../print/tab-writer.ts'
import { type ApiResource, apiVersionOf, qualifiedPlural } from '../resources/resource-catalog.ts'

const resourceFlags = {
  'api-group': stringFlag('', 'Only resources of this group.'),
  cached: boolFlag(false, 'Use what the server said before.'),
  categories: listFlag([], 'Only resources of these categories.'),
  namespaced: boolFlag(true, 'Only resources that live in a namespace, or that do not.'),
  'no-headers': boolFlag(false, 'Leave the header out.'),
  output: stringFlag('', 'How to print: wide or name.', { shorthand: 'o' }),
  'sort-by': stringFlag('', 'Order: name or kind.'),
  verbs: listFlag([], 'Only resources that know these verbs.'),
}

type ResourceCall = Call<typeof resourceFlags>

export const apiResources = defineCommand({
  name: 'api-resources',
  summary: 'Print the supported API resources on the server',
  examples: [
    ['All of them', 'kubectl api-resources'],
    ['With verbs and categories', 'kubectl api-resources -o wide'],
    ['Those that belong to no namespace', 'kubectl api-resources --namespaced=false'],
  ],
  usage: '',
  flags: resourceFlags,
  async run(call) {
    const { flags, args, cluster, out } = call
    if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`)
    if (!['', 'wide', 'name'].includes(flags.output))
      throw new CommandError(
        `unable to match a printer suitable for the output format ${JSON.stringify(flags.output)}, allowed formats are: json,kyaml,name,wide,yaml`,
      )
    if (!['', 'name', 'kind'].includes(flags['sort-by'])) throw new CommandError('--sort-by accepts only name or kind')
    const catalog = flags.cached ? await cluster.catalog() : await cluster.freshCatalog()
    const shown = preferred(catalog.resources)
      .filter((resource) => isWanted(call, resource))
      .toSorted(orderOf(flags['sort-by']))
    out(flags.output === 'name' ? shown.map((one) => `${qualifiedPlural(one)}\n`).join('') : tableOf(call, shown))
  },
})

/** Preferred versions come first in their group. */
function preferred(resources: readonly ApiResource[]): readonly ApiResource[] {
  const byName = new Map<string, ApiResource>()
  for (const resource of resources) {
    const name = qualifiedPlural(resource)
    if (!byName.has(name) && resource.verbs.length > 0) byName.set(name, resource)
  }
  return [...byName.values()]
}

function isWanted({ flags, given }: ResourceCall, { group, scope, verbs, categories }: ApiResource): boolean {
  if (given.has('api-group') && group !== flags['api-group']) return false
  if (given.has('namespaced') && flags.namespaced !== (scope === 'Namespaced')) return false
  return flags.verbs.every((verb) => verbs.includes(verb)) && flags.categories.every((category) => categories.includes(category))
}

function orderOf(sortBy: string): (a: ApiResource, b: ApiResource) => number {
  const keyOf = ({ group, plural, kind }: ApiResource) => (sortBy === 'kind' ? [kind] : sortBy === 'name' ? [plural] : [group, plural])
  return (a, b) => {
    const [left, right] = [keyOf(a).join('\0'), keyOf(b).join('\0')]
    return left < right ? -1 : left > right ? 1 : 0
  }
}

function tableOf({ flags }: ResourceCall, resources: readonly ApiResource[]): string {
  const isWide = flags.output === 'wide'
  const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(isWide ? ['VERBS', 'CATEGORIES'] : [])]
  const rows = resources.map((one) => [
    one.plural,
    one.shortNames.join(','),
    apiVersionOf(one),
    String(one.scope === 'Namespaced'),
    one.kind,
    ...(isWide ? [one.verbs.join(','), one.categories.join(',')] : []),
  ])
  const lines = flags['no-headers'] ? rows : [header, ...rows]
  return new TabWriter(tableOptions).format(lines.map((cells) => `${cells.join('\t')}\n`).join(''))
}
