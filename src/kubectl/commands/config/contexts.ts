/** `kubectl config current-context`, `get-contexts`, `use-context`, `rename-context`. */
import { boolFlag, stringFlag } from '#component/flags'
import { defineCommand } from '../../command.ts'
import { ConfigStore } from '../../config/store.ts'
import { CommandError, throwAll } from '../../errors.ts'
import { aligned, tableOptions } from '../../print/tab-writer.ts'
import { expectArguments } from './expected-arguments.ts'

export const currentContext = defineCommand({
  name: 'current-context',
  summary: 'Display the current-context',
  examples: [['Which context is in use', 'kubectl config current-context']],
  usage: '',
  flags: {},
  async run({ cluster, out }) {
    const { merged } = await ConfigStore.open(cluster)
    if (merged.currentContext === '') throw new CommandError('current-context is not set')
    out(`${merged.currentContext}\n`)
  },
})

export const getContexts = defineCommand({
  name: 'get-contexts',
  summary: 'Describe one or many contexts',
  examples: [
    ['All contexts', 'kubectl config get-contexts'],
    ['One of them', 'kubectl config get-contexts my-context'],
  ],
  usage: '[(-o|--output=)name)]',
  flags: {
    'no-headers': boolFlag(false, 'Leave the header of the table out.'),
    output: stringFlag('', 'name prints names only.', { shorthand: 'o' }),
  },
  async run({ flags, args, cluster, out }) {
    if (flags.output !== '' && flags.output !== 'name') throw new CommandError(`output must be one of '' or 'name': ${flags.output}`)
    const { merged } = await ConfigStore.open(cluster)
    const missing = args.filter((arg) => merged.contexts.every(({ name }) => name !== arg))
    const chosen = merged.contexts
      .filter(({ name }) => args.length === 0 || args.includes(name))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    if (flags.output === 'name') out(chosen.map(({ name }) => `${name}\n`).join(''))
    else {
      const rows = chosen.map(({ name, context: { cluster: of = '', user = '', namespace = '' } }) =>
        [name === merged.currentContext ? '*' : '', name, of, user, namespace].join('\t'),
      )
      const header = flags['no-headers'] ? [] : ['CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE']
      out(aligned([...header, ...rows], { ...tableOptions, remembersWidths: false }))
    }
    throwAll(missing.map((name) => new CommandError(`context ${name} not found`)))
  },
})

export const useContext = defineCommand({
  name: 'use-context',
  aliases: ['use'],
  summary: 'Set the current-context in a kubeconfig file',
  examples: [['Talk to another cluster', 'kubectl config use-context my-context']],
  usage: 'CONTEXT_NAME',
  flags: {},
  async run({ args, cluster, out }) {
    const [name] = expectArguments(args, 1)
    const store = await ConfigStore.open(cluster)
    if (store.contentOf('contexts', name) === undefined) throw new CommandError(`no context exists with the name: ${JSON.stringify(name)}`)
    await store.setCurrentContext(name)
    out(`Switched to context ${JSON.stringify(name)}.\n`)
  },
})

export const renameContext = defineCommand({
  name: 'rename-context',
  summary: 'Rename a context from the kubeconfig file',
  examples: [['Another name', 'kubectl config rename-context old-name new-name']],
  usage: 'CONTEXT_NAME NEW_NAME',
  flags: {},
  async run({ args, cluster, out }) {
    const [name, wanted] = expectArguments(args, 2)
    const store = await ConfigStore.open(cluster)
    const content = store.contentOf('contexts', name)
    if (content === undefined) throw new CommandError(`cannot rename the context ${JSON.stringify(name)}, it's not in ${store.defaultPath}`)
    if (store.contentOf('contexts', wanted) !== undefined)
      throw new CommandError(
        `cannot rename the context ${JSON.stringify(name)}, the context ${JSON.stringify(wanted)} already exists in ${store.defaultPath}`,
      )
    await store.put('contexts', wanted, content)
    const changed = await ConfigStore.open(cluster)
    await changed.remove('contexts', name)
    if (store.merged.currentContext === name) await (await ConfigStore.open(cluster)).setCurrentContext(wanted)
    out(`Context ${JSON.stringify(name)} renamed to ${JSON.stringify(wanted)}.\n`)
  },
})
