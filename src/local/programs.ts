/** The processes of a cluster on this machine, in the order in which they start. */
import type { Clock } from '#base/env/clock'
import type { Layout } from './layout.ts'
import { shellSupervisor } from './processes/shell-supervisor.ts'
import type { Program, Supervisor } from './processes/supervisor.ts'
import { systemdSupervisor } from './processes/systemd-units.ts'
import type { Settings } from './settings.ts'

export const programNames: readonly string[] = ['containerd', 'server', 'agent']

export function supervisorOf(layout: Layout, { name, supervisor }: Pick<Settings, 'name' | 'supervisor'>, clock: Clock): Supervisor {
  return supervisor === 'systemd' ? systemdSupervisor(name, layout) : shellSupervisor(layout, clock)
}

export function programsOf(layout: Layout, self: readonly string[], containerdConfig: string): readonly Program[] {
  return [
    { name: 'containerd', command: ['containerd', '--config', containerdConfig] },
    { name: 'server', command: [...self, 'server', '--data-dir', layout.root] },
    { name: 'agent', command: [...self, 'agent', '--data-dir', layout.root] },
  ]
}
