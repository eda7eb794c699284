/** `kubectl create secret`: one member a kind of secret. */
import type { CommandFamily } from '../../command.ts'

export const createSecret: CommandFamily = {
  name: 'secret',
  summary: 'Create a secret using a specified subcommand',
  members: [
    {
      name: 'docker-registry',
      group: 'basic',
      summary: 'Create a secret for use with a Docker registry',
      load: async () => (await import('./secret-docker-registry.ts')).createDockerRegistrySecret,
    },
    {
      name: 'generic',
      group: 'basic',
      summary: 'Create a secret from a local file, directory, or literal value',
      load: async () => (await import('./secret-generic.ts')).createGenericSecret,
    },
    { name: 'tls', group: 'basic', summary: 'Create a TLS secret', load: async () => (await import('./secret-tls.ts')).createTlsSecret },
  ],
}
