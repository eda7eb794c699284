/** What the node as a whole uses: read from /proc and its file system. */
import { readFile, statfs } from 'node:fs/promises'

export type NodeUsage = {
  readonly cpuNanoseconds: number
  readonly memory: {
    readonly totalBytes: number
    readonly availableBytes: number
    readonly usageBytes: number
    readonly workingSetBytes: number
    readonly swapBytes: number
  }
  readonly fs: FsUsage
  readonly bootTimeMs: number
}
export type FsUsage = {
  readonly availableBytes: number
  readonly capacityBytes: number
  readonly usedBytes: number
  readonly inodes: number
  readonly inodesFree: number
}

// The kernel counts in hundredths of a second on every architecture that we run on.
const nanosecondsPerTick = 10_000_000

export async function readNodeUsage(rootDir: string): Promise<NodeUsage> {
  const [stat, meminfo, fs] = await Promise.all([readFile('/proc/stat', 'utf8'), readFile('/proc/meminfo', 'utf8'), readFsUsage(rootDir)])
  return { ...cpuOf(stat), memory: memoryOf(meminfo), fs }
}

export async function readFsUsage(path: string): Promise<FsUsage> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path)
  return {
    availableBytes: bavail * bsize,
    capacityBytes: blocks * bsize,
    usedBytes: (blocks - bfree) * bsize,
    inodes: files,
    inodesFree: ffree,
  }
}

/** Idle and waiting for disks are no use. */
export function cpuOf(stat: string): Pick<NodeUsage, 'cpuNanoseconds' | 'bootTimeMs'> {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '')
    .split(' ')
    .map(Number)
  const bootSeconds = Number(/^btime (\d+)$/m.exec(stat)?.[1] ?? 0)
  return { cpuNanoseconds: (user + nice + system + irq + softIrq + steal) * nanosecondsPerTick, bootTimeMs: bootSeconds * 1000 }
}

/** The working set is what cannot be taken back without harm: all but free memory and files that nobody has touched lately. */
export function memoryOf(meminfo: string): NodeUsage['memory'] {
  const bytesOf = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024
  const totalBytes = bytesOf('MemTotal')
  const usageBytes = totalBytes - bytesOf('MemFree')
  const workingSetBytes = Math.max(usageBytes - bytesOf('Inactive\\(file\\)'), 0)
  const swapBytes = bytesOf('SwapTotal') - bytesOf('SwapFree')
  return { totalBytes, usageBytes, workingSetBytes, availableBytes: totalBytes - workingSetBytes, swapBytes }
}
