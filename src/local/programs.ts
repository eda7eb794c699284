/** The processes of a cluster on this machine, in the order in which they start. */
import type { Layout } from './layout.ts'
import type { Program } from './processes/supervised.ts'

export const programNames: readonly string[] = ['containerd', 'server', 'agent']

export function programsOf(layout: Layout, self: readonly string[], containerdConfig: string): readonly Program[] {
  return [
    { name: 'containerd', command: ['containerd', '--config', containerdConfig] },
    { name: 'server', command: [...self, 'server', '--data-dir', layout.root] },
    { name: 'agent', command: [...self, 'agent', '--data-dir', layout.root] },
  ]
}
