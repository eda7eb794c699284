/** `kubectl create service`: one member a type of service. */
import type { CommandFamily } from '../../command.ts'

export const createService: CommandFamily = {
  name: 'service',
  aliases: ['svc'],
  summary: 'Create a service using a specified subcommand',
  members: [
    {
      name: 'clusterip',
      group: 'basic',
      summary: 'Create a ClusterIP service',
      load: async () => (await import('./service-types.ts')).createClusterIpService,
    },
    {
      name: 'externalname',
      group: 'basic',
      summary: 'Create an ExternalName service',
      load: async () => (await import('./service-types.ts')).createExternalNameService,
    },
    {
      name: 'loadbalancer',
      group: 'basic',
      summary: 'Create a LoadBalancer service',
      load: async () => (await import('./service-types.ts')).createLoadBalancerService,
    },
    {
      name: 'nodeport',
      group: 'basic',
      summary: 'Create a NodePort service',
      load: async () => (await import('./service-types.ts')).createNodePortService,
    },
  ],
}
