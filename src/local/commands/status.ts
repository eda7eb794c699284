/** `navarch status`: what runs, since when, where, with how much memory. */
import { readFile } from 'node:fs/promises'
import { humanDuration } from '#meta/table'
import { ensurePki } from '../cluster-pki.ts'
import { controlPlaneHosts } from '../control-plane/hosts.ts'
import { rolesOf } from '../control-plane/roles.ts'
import { layoutOf } from '../layout.ts'
import { dataDirFlag, localCommand } from '../local-command.ts'
import type { Supervisor } from '../processes/supervisor.ts'
import { programNamesOf, supervisorOf } from '../programs.ts'
import { readSettings } from '../settings.ts'

export const status = localCommand({
  name: 'status',
  summary: 'Tell what runs, since when, with which addresses, memory and kubeconfig context',
  usage: '',
  flags: dataDirFlag,
  async run(host, flags) {
    const layout = layoutOf(flags['data-dir'])
    const settings = await readSettings(layout.settingsFile)
    if (settings === undefined) {
      host.stdout.write(`There is no cluster in ${layout.root}. Make one with "navarch up".\n`)
      return 1
    }
    const supervisor = supervisorOf(layout, settings, host.clock)
    const roles =
      settings.controlPlanes === 1 ? undefined : await rolesOf(settings, await ensurePki(layout.pkiDir, settings, host.clock), host.clock)
    const names = programNamesOf(settings)
    const lines = await Promise.all(names.map((name) => programLine({ name, role: roles?.get(name) }, supervisor, host.clock.nowMs())))
    host.stdout.write(
      [
        `${'PROCESS'.padEnd(14)}${'STATE'.padEnd(10)}${'PID'.padEnd(10)}${'UP'.padEnd(10)}${roles === undefined ? 'MEMORY' : `${'MEMORY'.padEnd(10)}ROLE`}`,
        ...lines.map(({ text }) => text),
        '',
        `API server   https://${settings.nodeAddress}:${settings.apiPort}`,
        ...controlPlaneHosts(settings).map((one) => `${''.padEnd(13)}${one.name} ${one.address}`),
        `Node         ${settings.nodeName} (${settings.nodeAddress}, kubelet port ${settings.kubeletPort})`,
        `Pods         ${settings.podCidr}`,
        `Services     ${settings.serviceCidr}`,
        `Context      ${settings.name} (${layout.adminKubeconfig})`,
        `Data         ${layout.root}`,
        '',
      ].join('\n'),
    )
    return lines.every(({ isRunning }) => isRunning) ? 0 : 1
  },
})

async function programLine(
  { name, role }: { readonly name: string; readonly role: string | undefined },
  supervisor: Supervisor,
  nowMs: number,
): Promise<{ readonly text: string; readonly isRunning: boolean }> {
  const running = await supervisor.running(name)
  const pid = running?.pid
  const facts = pid === undefined ? undefined : await processFacts(pid)
  if (facts === undefined) return { text: `${name.padEnd(14)}${running === undefined ? 'stopped' : 'starting'}`, isRunning: false }
  const age = humanDuration(nowMs - facts.startedMs)
  const memory = `${Math.round(facts.memoryKiB / 1024)}MiB`
  return {
    text: `${name.padEnd(14)}${'running'.padEnd(10)}${String(pid).padEnd(10)}${age.padEnd(10)}${role === undefined ? memory : `${memory.padEnd(10)}${role}`}`,
    isRunning: true,
  }
}

/** Undefined where the process is gone. */
async function processFacts(pid: number): Promise<{ readonly startedMs: number; readonly memoryKiB: number } | undefined> {
  const [state, processStat, machineStat] = await Promise.all(
    [`/proc/${pid}/status`, `/proc/${pid}/stat`, '/proc/stat'].map((path) => readFile(path, 'utf8').catch(() => '')),
  )
  const memory = /^VmRSS:\s+(\d+)/m.exec(state ?? '')?.[1]
  const bootSeconds = /^btime (\d+)/m.exec(machineStat ?? '')?.[1]
  // Fields after the command's name, which may hold anything; the start is the 20th of them, in hundredths of a second.
  const startTicks = (processStat ?? '').slice((processStat ?? '').lastIndexOf(')') + 2).split(' ')[19]
  if (memory === undefined || bootSeconds === undefined || startTicks === undefined) return undefined
  return { startedMs: (Number(bootSeconds) + Number(startTicks) / 100) * 1000, memoryKiB: Number(memory) }
}
