/** `kubectl config get-clusters`, `get-users`. */
import { type Command, defineCommand } from '../../command.ts'
import { ConfigStore, type EntryList } from '../../config/store.ts'

export const getClusters = namesCommand('get-clusters', 'clusters')
export const getUsers = namesCommand('get-users', 'users')

function namesCommand(name: string, list: EntryList): Command {
  return defineCommand({
    name,
    summary: `Display ${list} defined in the kubeconfig`,
    examples: [[`All ${list}`, `kubectl config ${name}`]],
    usage: '',
    flags: {},
    async run({ cluster, out }) {
      const { merged } = await ConfigStore.open(cluster)
      const names = merged[list].map((entry) => entry.name).toSorted()
      out(['NAME', ...names].map((line) => `${line}\n`).join(''))
    },
  })
}
