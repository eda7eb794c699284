/** `kubectl cluster-info`: where the control plane is, and the services that say they belong to the cluster. */
import type { CommandFamily } from '../command.ts'
import { clusterAddresses } from './cluster-info/addresses.ts'

export const clusterInfo: CommandFamily = {
  name: 'cluster-info',
  summary: 'Display cluster information',
  own: clusterAddresses,
  members: [
    {
      name: 'dump',
      group: 'cluster',
      summary: 'Dump relevant information for debugging and diagnosis',
      load: async () => (await import('./cluster-info/dump.ts')).clusterDump,
    },
  ],
}
