/** What the machine is and has. Read from /proc and /sys. */
import { readFile, statfs } from 'node:fs/promises'
import { arch, availableParallelism, release } from 'node:os'

export type Machine = {
  readonly cpuCount: number
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly machineId: string
  readonly systemUuid: string
  readonly bootId: string
  readonly kernelVersion: string
  readonly osImage: string
  /** As Go names it: amd64, arm64. */
  readonly architecture: string
  readonly swapBytes: number
}

export async function readMachine(rootDir: string): Promise<Machine> {
  const [memory, machineId, systemUuid, bootId, osRelease, disk] = await Promise.all([
    textOf('/proc/meminfo'),
    textOf('/etc/machine-id'),
    textOf('/sys/class/dmi/id/product_uuid'),
    textOf('/proc/sys/kernel/random/boot_id'),
    textOf('/etc/os-release'),
    statfs(rootDir),
  ])
  return {
    cpuCount: availableParallelism(),
    memoryBytes: kibibytesOf(memory, 'MemTotal') * 1024,
    swapBytes: kibibytesOf(memory, 'SwapTotal') * 1024,
    diskBytes: disk.blocks * disk.bsize,
    machineId: machineId.trim(),
    systemUuid: systemUuid.trim() || machineId.trim(),
    bootId: bootId.trim(),
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)/m.exec(osRelease)?.[1] ?? 'Linux',
    architecture: arch() === 'x64' ? 'amd64' : arch(),
  }
}

/** Empty where the machine does not tell. */
async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '')
}

function kibibytesOf(meminfo: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0)
}
