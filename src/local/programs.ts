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

/**
 * Half of what young objects may fill, in MiB; Node lets it grow to 16. The server pays for so little with up to a fifth more
 * processor time under full load and with none otherwise, and the machine is spared 20 MB for good.
 */
const youngSpaceMb = { server: 4, agent: 2 }

export function programsOf(layout: Layout, self: readonly string[], containerdConfig: string): readonly Program[] {
  const own = (name: 'server' | 'agent') => {
    const [node = '', ...program] = self
    return { name, command: [node, `--max-semi-space-size=${youngSpaceMb[name]}`, ...program, name, '--data-dir', layout.root] }
  }
  return [{ name: 'containerd', command: ['containerd', '--config', containerdConfig] }, own('server'), own('agent')]
}
