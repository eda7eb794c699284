/** `kubectl config`: which clusters there are, as whom to reach them, and which of them is meant. */
import type { CommandFamily } from '../command.ts'

export const config: CommandFamily = {
  name: 'config',
  summary: 'Modify kubeconfig files using subcommands like "kubectl config set current-context my-context"',
  members: [
    {
      name: 'current-context',
      group: 'other',
      summary: 'Display the current-context',
      load: async () => (await import('./config/contexts.ts')).currentContext,
    },
    {
      name: 'delete-cluster',
      group: 'other',
      summary: 'Delete the specified cluster from the kubeconfig',
      load: async () => (await import('./config/deletions.ts')).deleteCluster,
    },
    {
      name: 'delete-context',
      group: 'other',
      summary: 'Delete the specified context from the kubeconfig',
      load: async () => (await import('./config/deletions.ts')).deleteContext,
    },
    {
      name: 'delete-user',
      group: 'other',
      summary: 'Delete the specified user from the kubeconfig',
      load: async () => (await import('./config/deletions.ts')).deleteUser,
    },
    {
      name: 'get-clusters',
      group: 'other',
      summary: 'Display clusters defined in the kubeconfig',
      load: async () => (await import('./config/names.ts')).getClusters,
    },
    {
      name: 'get-contexts',
      group: 'other',
      summary: 'Describe one or many contexts',
      load: async () => (await import('./config/contexts.ts')).getContexts,
    },
    {
      name: 'get-users',
      group: 'other',
      summary: 'Display users defined in the kubeconfig',
      load: async () => (await import('./config/names.ts')).getUsers,
    },
    {
      name: 'rename-context',
      group: 'other',
      summary: 'Rename a context from the kubeconfig file',
      load: async () => (await import('./config/contexts.ts')).renameContext,
    },
    {
      name: 'set',
      group: 'other',
      summary: 'Set an individual value in a kubeconfig file',
      load: async () => (await import('./config/properties.ts')).setProperty,
    },
    {
      name: 'set-cluster',
      group: 'other',
      summary: 'Set a cluster entry in kubeconfig',
      load: async () => (await import('./config/set-cluster.ts')).setCluster,
    },
    {
      name: 'set-context',
      group: 'other',
      summary: 'Set a context entry in kubeconfig',
      load: async () => (await import('./config/set-context.ts')).setContext,
    },
    {
      name: 'set-credentials',
      group: 'other',
      summary: 'Set a user entry in kubeconfig',
      load: async () => (await import('./config/set-credentials.ts')).setCredentials,
    },
    {
      name: 'unset',
      group: 'other',
      summary: 'Unset an individual value in a kubeconfig file',
      load: async () => (await import('./config/properties.ts')).unsetProperty,
    },
    {
      name: 'use-context',
      aliases: ['use'],
      group: 'other',
      summary: 'Set the current-context in a kubeconfig file',
      load: async () => (await import('./config/contexts.ts')).useContext,
    },
    {
      name: 'view',
      group: 'other',
      summary: 'Display merged kubeconfig settings or a specified kubeconfig file',
      load: async () => (await import('./config/view.ts')).configView,
    },
  ],
}
