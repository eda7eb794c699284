/** `kubectl config delete-cluster`, `delete-context`, `delete-user`. */
import { type Command, defineCommand } from '../../command.ts'
import { ConfigStore, type EntryList } from '../../config/store.ts'
import { CommandError } from '../../errors.ts'
import { expectArguments } from './expected-arguments.ts'

export const deleteCluster = deletionCommand('cluster', 'clusters')
export const deleteContext = deletionCommand('context', 'contexts')
export const deleteUser = deletionCommand('user', 'users')

function deletionCommand(noun: string, list: EntryList): Command {
  return defineCommand({
    name: `delete-${noun}`,
    summary: `Delete the specified ${noun} from the kubeconfig`,
    examples: [[`Forget a ${noun}`, `kubectl config delete-${noun} minikube`]],
    usage: 'NAME',
    flags: {},
    async run({ args, cluster, out, err }) {
      const [name] = expectArguments(args, 1)
      const store = await ConfigStore.open(cluster)
      if (store.contentOf(list, name) === undefined) throw new CommandError(`cannot delete ${noun} ${name}, not in ${store.defaultPath}`)
      if (noun === 'context' && store.merged.currentContext === name)
        err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n')
      await store.remove(list, name)
      out(`deleted ${noun} ${name} from ${store.defaultPath}\n`)
    },
  })
}
