/** The processes of a cluster on this machine, in the order in which they start. */
import type { Clock } from '#base/env/clock'
import { etcdCommand } from './control-plane/etcd-member.ts'
import { onHost } from './control-plane/host-network.ts'
import { controlPlaneHosts } from './control-plane/hosts.ts'
import type { Layout } from './layout.ts'
import { shellSupervisor } from './processes/shell-supervisor.ts'
import type { Program, Supervisor } from './processes/supervisor.ts'
import { systemdSupervisor } from './processes/systemd-units.ts'
import type { Settings } from './settings.ts'

/** Of control planes there is one, by its plain name, or several, each with its number, and a balancer in front. */
export function programNamesOf({ controlPlanes }: Pick<Settings, 'controlPlanes'>): readonly string[] {
  if (controlPlanes === 1) return ['containerd', 'server', 'agent']
  return ['containerd', ...etcdNamesOf(controlPlanes), ...serverNamesOf(controlPlanes), 'balancer', 'agent']
}

/** None where the store is a file. */
export function etcdNamesOf(controlPlanes: number): readonly string[] {
  return controlPlanes === 1 ? [] : numbersTo(controlPlanes).map((number) => `etcd-${number}`)
}

export function serverNamesOf(controlPlanes: number): readonly string[] {
  return controlPlanes === 1 ? ['server'] : numbersTo(controlPlanes).map((number) => `server-${number}`)
}

function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

export function supervisorOf(layout: Layout, { name, supervisor }: Pick<Settings, 'name' | 'supervisor'>, clock: Clock): Supervisor {
  return supervisor === 'systemd' ? systemdSupervisor(name, layout) : shellSupervisor(layout, clock)
}

/**
 * Half of what young objects may fill, in MiB; Node lets it grow to 16. The server pays for so little with up to a fifth more
 * processor time under full load and with none otherwise, and the machine is spared 20 MB for good.
 */
const youngSpaceMb = { server: 4, agent: 2, balancer: 1 }

export function programsOf(layout: Layout, settings: Settings, self: readonly string[], containerdConfig: string): readonly Program[] {
  const [node = '', ...program] = self
  const own = (verb: keyof typeof youngSpaceMb, ...words: readonly string[]) => {
    return [node, `--max-semi-space-size=${youngSpaceMb[verb]}`, ...program, verb, '--data-dir', layout.root, ...words]
  }
  const containerd = { name: 'containerd', command: ['containerd', '--config', containerdConfig] }
  const agent = { name: 'agent', command: own('agent') }
  const hosts = controlPlaneHosts(settings)
  if (hosts.length === 0) return [containerd, { name: 'server', command: own('server') }, agent]
  return [
    containerd,
    ...hosts.map((host) => ({ name: `etcd-${host.number}`, command: [...onHost(host), ...etcdCommand(layout, settings, host, hosts)] })),
    ...hosts.map((host) => ({
      name: `server-${host.number}`,
      command: [...onHost(host), ...own('server', '--control-plane', `${host.number}`)],
    })),
    { name: 'balancer', command: own('balancer') },
    agent,
  ]
}
