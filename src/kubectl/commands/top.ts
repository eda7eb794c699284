/** `kubectl top`: what nodes and pods use, as the Metrics API has measured it. */
import type { CommandFamily } from '../command.ts'

export const top: CommandFamily = {
  name: 'top',
  summary: 'Display resource (CPU/memory) usage',
  members: [
    {
      name: 'node',
      aliases: ['nodes', 'no'],
      group: 'cluster',
      summary: 'Display resource (CPU/memory) usage of nodes',
      load: async () => (await import('./top/node.ts')).topNode,
    },
    {
      name: 'pod',
      aliases: ['pods', 'po'],
      group: 'cluster',
      summary: 'Display resource (CPU/memory) usage of pods',
      load: async () => (await import('./top/pod.ts')).topPod,
    },
  ],
}
