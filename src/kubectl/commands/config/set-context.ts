/** `kubectl config set-context`. */
import { boolFlag, stringFlag } from '#component/flags'
import { defineCommand } from '../../command.ts'
import { ConfigStore } from '../../config/store.ts'
import { CommandError } from '../../errors.ts'

export const setContext = defineCommand({
  name: 'set-context',
  summary: 'Set a context entry in kubeconfig',
  description: 'Fields that no flag names stay as they are.',
  examples: [
    ['Another namespace from now on', 'kubectl config set-context --current --namespace=shop'],
    ['A pair of cluster and user', 'kubectl config set-context e2e --cluster=e2e --user=admin'],
  ],
  usage: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  flags: {
    cluster: stringFlag('', 'The cluster.'),
    current: boolFlag(false, 'Change the current context.'),
    namespace: stringFlag('', 'The namespace.', { shorthand: 'n' }),
    user: stringFlag('', 'The user.'),
  },
  async run({ flags, given, args, cluster, out }) {
    if (flags.current && args.length > 0) throw new CommandError('you cannot specify both a context name and --current')
    if (args.length > 1) throw new CommandError(`Unexpected args: [${args.join(' ')}]`)
    const store = await ConfigStore.open(cluster)
    const name = flags.current ? currentName(store) : (args[0] ?? '')
    if (name === '') throw new CommandError('you must specify a non-empty context name or --current')
    const before = store.contentOf('contexts', name)
    const changes = (['cluster', 'user', 'namespace'] as const).filter((field) => given.has(field)).map((field) => [field, flags[field]])
    await store.put('contexts', name, { ...before, ...Object.fromEntries(changes) })
    out(`Context ${JSON.stringify(name)} ${before === undefined ? 'created' : 'modified'}.\n`)
  },
})

function currentName({ merged }: ConfigStore): string {
  if (merged.currentContext === '') throw new CommandError('no current context is set')
  return merged.currentContext
}
